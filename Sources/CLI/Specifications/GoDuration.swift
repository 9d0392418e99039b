/// Durations such as `1h30m` or `250ms`.
package enum GoDuration {
    private static let units: [(String, Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ]

    /// Nanoseconds, or nil where the text is no duration.
    package static func parse(_ text: String) -> Int64? {
        var rest = text[...]
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest = rest.dropFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(number.count)
            let word = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
            rest = rest.dropFirst(word.count)
            guard let value = Double(number.hasSuffix(".") ? number + "0" : number),
                let unit = units.first(where: { $0.0 == word })
            else { return nil }
            total += value * unit.1
        }
        guard total < 9.2e18 else { return nil }
        return isNegative ? -Int64(total.rounded()) : Int64(total.rounded())
    }
}
