import CLinux

/// Signals by name or number, as users write them, see signal(7).
package enum SignalName {
    private static let names: [String: Int32] = [
        "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "IOT": 6, "BUS": 7, "FPE": 8, "KILL": 9,
        "USR1": 10, "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CLD": 17,
        "CONT": 18, "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26,
        "PROF": 27, "WINCH": 28, "IO": 29, "POLL": 29, "PWR": 30, "SYS": 31,
    ]

    /// `nil` for a name that is none; whether there is a signal of a number is the kernel's to say.
    package static func number(of text: String) -> Int32? {
        if let number = Int32(text) { return number }
        let upper = text.uppercased()
        let name = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        if let number = names[name] { return number }
        // SIGRTMIN+n and SIGRTMAX-n.
        let (first, last) = (linux_sigrtmin(), linux_sigrtmax())
        for (prefix, base, sign) in [("RTMIN", first, "+"), ("RTMAX", last, "-")] where name.hasPrefix(prefix) {
            let rest = name.dropFirst(prefix.count)
            guard !rest.isEmpty else { return base }
            let range = last - first
            guard rest.hasPrefix(sign), let offset = Int32(rest), (-range...range).contains(offset) else { return nil }
            return base + offset
        }
        return nil
    }
}
