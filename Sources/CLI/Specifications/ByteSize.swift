/// Sizes such as `64m` or `1.5GiB`, in powers of 1024.
package enum ByteSize {
    /// The number of bytes, or nil where the text is no size.
    package static func parse(_ text: String) -> Int64? {
        guard let end = text.lastIndex(where: { $0.isASCII && ($0.isNumber || $0 == "." || $0 == " ") }) else {
            return nil
        }
        let suffixStart = text.index(after: end)
        var number = text[..<suffixStart]
        if number.last == " " { number = number.dropLast() }
        guard !number.contains(" "), !number.hasPrefix("+"), !number.hasPrefix("-"), let value = Double(number),
            value >= 0, let shift = shift(text[suffixStart...].lowercased())
        else { return nil }
        let bytes = value * Double(Int64(1) << shift)
        return bytes < 9.2e18 ? Int64(bytes) : nil
    }

    private static func shift(_ suffix: String) -> Int64? {
        guard let unit = suffix.first else { return 0 }
        if suffix == "b" { return 0 }
        let tail = suffix.dropFirst()
        guard tail.isEmpty || tail == "b" || tail == "ib" else { return nil }
        switch unit {
        case "k": return 10
        case "m": return 20
        case "g": return 30
        case "t": return 40
        case "p": return 50
        default: return nil
        }
    }
}
