/// Signals by name or number, as users write them.
package enum Signal {
    private static let numbers: [String: Int32] = [
        "ABRT": 6, "ALRM": 14, "BUS": 7, "CHLD": 17, "CLD": 17, "CONT": 18, "FPE": 8, "HUP": 1, "ILL": 4, "INT": 2,
        "IO": 29, "IOT": 6, "KILL": 9, "PIPE": 13, "POLL": 29, "PROF": 27, "PWR": 30, "QUIT": 3, "SEGV": 11,
        "STKFLT": 16, "STOP": 19, "SYS": 31, "TERM": 15, "TRAP": 5, "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23,
        "USR1": 10, "USR2": 12, "VTALRM": 26, "WINCH": 28, "XCPU": 24, "XFSZ": 25,
    ]
    private static let firstRealTime: Int32 = 34
    private static let last: Int32 = 64

    package static func number(_ text: String) throws(EngineError) -> Int32 {
        if let number = Int32(text) {
            guard (1...last).contains(number) else { throw invalid(text) }
            return number
        }
        let upper = text.uppercased()
        let name = upper.droppingPrefix("SIG") ?? upper
        if let number = numbers[name] { return number }
        if name == "RTMIN" { return firstRealTime }
        if name == "RTMAX" { return last }
        if let offset = name.droppingPrefix("RTMIN+").flatMap({ Int32($0) }), (0...30).contains(offset) {
            return firstRealTime + offset
        }
        if let offset = name.droppingPrefix("RTMAX-").flatMap({ Int32($0) }), (0...30).contains(offset) {
            return last - offset
        }
        throw invalid(text)
    }

    private static func invalid(_ text: String) -> EngineError {
        EngineError(.invalidParameter, "invalid signal: \(text)")
    }
}
