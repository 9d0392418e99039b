/// Truth values as Go's strconv.ParseBool reads them.
enum GoBool {
    static func parse(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }
}

/// A length of time as Go's time.ParseDuration reads it: `300ms`, `1.5h`, `1m30s`, `0`.
package struct GoDuration: Equatable {
    package let nanoseconds: Int64

    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("h", 3600e9), ("m", 60e9), ("s", 1e9),
    ]

    init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package init?(_ text: String) {
        var rest = text[...]
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        if rest == "0" {
            nanoseconds = 0
            return
        }
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            rest = rest[digits.endIndex...]
            guard let number = Double(digits.hasPrefix(".") ? "0\(digits)" : String(digits)),
                let unit = Self.units.first(where: { rest.hasPrefix($0.name) })
            else { return nil }
            rest = rest.dropFirst(unit.name.count)
            total += number * unit.nanoseconds
        }
        guard let count = Int64(exactly: (isNegative ? -total : total).rounded()) else { return nil }
        nanoseconds = count
    }
}
