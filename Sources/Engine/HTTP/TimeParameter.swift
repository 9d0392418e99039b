package import EngineAPI

/// A time of the API: seconds since 1970 with an optional fraction, or RFC 3339.
package enum TimeParameter {
    /// Nil for none: absent, empty or `0`.
    package static func parse(_ text: String?) throws(EngineError) -> Timestamp? {
        guard let text, !text.isEmpty, text != "0" else { return nil }
        if let time = Timestamp(text) { return time }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let seconds = Int64(parts[0]) else { throw invalid(text) }
        guard parts.count == 2 else { return Timestamp(seconds: seconds) }
        let digits = parts[1].prefix(9)
        guard !digits.isEmpty, var nanoseconds = Int64(digits), nanoseconds >= 0 else { throw invalid(text) }
        for _ in digits.count..<9 { nanoseconds *= 10 }
        return Timestamp(seconds: seconds, nanoseconds: nanoseconds)
    }

    private static func invalid(_ text: String) -> EngineError {
        EngineError(.invalidParameter, "invalid value for \"since\" or \"until\": \"\(text)\" is no time")
    }
}
