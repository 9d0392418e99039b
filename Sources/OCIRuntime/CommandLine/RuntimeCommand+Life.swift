import CLinux
import Glibc
internal import LinuxSystem

extension RuntimeCommand {
    static func create(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) -> Int32 {
        var options = CreationOptions()
        while let flag = try arguments.nextFlag() {
            guard try options.read(flag, &arguments) else { throw Arguments.unknown(flag) }
        }
        let id = try arguments.required("container-id")
        try arguments.finish()
        InheritedDescriptors.close(preserving: options.preservedDescriptors)
        try runtime.create(id, options)
        return 0
    }

    static func runContainer(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) -> Int32 {
        var options = CreationOptions()
        var detach = false
        var keep = false
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "-d", "--detach": detach = try arguments.isOn()
            case "--keep": keep = try arguments.isOn()
            default: guard try options.read(flag, &arguments) else { throw Arguments.unknown(flag) }
            }
        }
        let id = try arguments.required("container-id")
        try arguments.finish()
        InheritedDescriptors.close(preserving: options.preservedDescriptors)
        return try runtime.run(id, options, detach: detach, keep: keep)
    }

    static func kill(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) {
        var all = false
        while let flag = try arguments.nextFlag() {
            guard ["-a", "--all"].contains(flag) else { throw Arguments.unknown(flag) }
            all = try arguments.isOn()
        }
        let id = try arguments.required("container-id")
        // runc takes --all behind the id as well.
        if let flag = try arguments.nextFlag() {
            guard ["-a", "--all"].contains(flag) else { throw Arguments.unknown(flag) }
            all = true
        }
        let name = arguments.optional() ?? "SIGTERM"
        try arguments.finish()
        guard let signal = SignalName.number(of: name) else { throw .usage("unknown signal \"\(name)\"") }
        try runtime.kill(id, signal: signal, all: all)
    }

    static func delete(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) {
        var force = false
        while let flag = try arguments.nextFlag() {
            guard ["-f", "--force"].contains(flag) else { throw Arguments.unknown(flag) }
            force = try arguments.isOn()
        }
        let id = try arguments.required("container-id")
        try arguments.finish()
        try runtime.delete(id, force: force)
    }
}

extension CreationOptions {
    /// Takes a flag that `create` and `run` share; false where it is none of them.
    fileprivate mutating func read(_ flag: String, _ arguments: inout Arguments) throws(RuntimeError) -> Bool {
        switch flag {
        case "-b", "--bundle": bundle = try arguments.value()
        case "--console-socket": consoleSocket = try arguments.value()
        case "--pid-file": pidFile = try arguments.value()
        case "--no-pivot": usesPivot = try !arguments.isOn()
        case "--no-new-keyring": newSessionKeyring = try !arguments.isOn()
        case "--preserve-fds": preservedDescriptors = try arguments.number()
        case "--no-subreaper": _ = try arguments.isOn()
        default: return false
        }
        guard preservedDescriptors >= 0 else { throw .usage("--preserve-fds must not be negative") }
        return true
    }
}

/// What the caller left open.
enum InheritedDescriptors {
    /// Closes everything but the standard streams and the next few, which the program is to inherit: a directory of
    /// the host must not be there to be entered (CVE-2024-21626).
    static func close(preserving count: Int32) { linux_close_range(UInt32(3 + count), .max, 0) }
}

/// Signals by name or number.
enum SignalName {
    private static let names: [String: Int32] = [
        "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "IOT": 6, "BUS": 7, "FPE": 8, "KILL": 9,
        "USR1": 10, "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CLD": 17,
        "CONT": 18, "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26,
        "PROF": 27, "WINCH": 28, "IO": 29, "POLL": 29, "PWR": 30, "SYS": 31,
    ]

    static func number(of text: String) -> Int32? {
        if let number = Int32(text) { return (0...64).contains(number) ? number : nil }
        let upper = text.uppercased()
        let name = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        if let number = names[name] { return number }
        // SIGRTMIN+n and SIGRTMAX-n.
        for (prefix, base, sign) in [("RTMIN", linux_sigrtmin(), Int32(1)), ("RTMAX", linux_sigrtmax(), Int32(-1))]
        where name.hasPrefix(prefix) {
            let rest = name.dropFirst(5)
            guard !rest.isEmpty else { return base }
            guard let offset = Int32(rest), offset * sign >= 0, (34...64).contains(base + offset) else { return nil }
            return base + offset
        }
        return nil
    }
}
