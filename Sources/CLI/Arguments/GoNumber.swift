/// Integers as strconv.ParseInt reads them with base 0.
package enum GoNumber {
    package static func integer(_ text: String) throws(FlagValueError) -> Int64 {
        let quoted = GoQuote.quote(text)
        var digits = text[...]
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
        var radix = 10
        let prefix = digits.prefix(2).lowercased()
        if prefix == "0x" || prefix == "0o" || prefix == "0b" {
            radix = prefix == "0x" ? 16 : prefix == "0o" ? 8 : 2
            digits = digits.dropFirst(2)
        } else if digits.hasPrefix("0"), digits.count > 1 {
            radix = 8
            digits = digits.dropFirst()
        }
        guard !digits.isEmpty, digits.allSatisfy({ $0.hexDigitValue.map { $0 < radix } ?? false }) else {
            throw FlagValueError("strconv.ParseInt: parsing \(quoted): invalid syntax")
        }
        guard let value = Int64((isNegative ? "-" : "") + digits, radix: radix) else {
            throw FlagValueError("strconv.ParseInt: parsing \(quoted): value out of range")
        }
        return value
    }
}
