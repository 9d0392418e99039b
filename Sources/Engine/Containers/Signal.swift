import LinuxSystem

/// Signals by name or number, with the API's error.
package enum Signal {
    private static let known: ClosedRange<Int32> = 1...64

    package static func number(_ text: String) throws(EngineError) -> Int32 {
        guard let number = SignalName.number(of: text), known.contains(number) else {
            throw EngineError(.invalidParameter, "invalid signal: \(text)")
        }
        return number
    }
}
