/// The bar that older clients show as it comes: `[=====>      ]  1.5MB/3MB`.
enum ProgressBar {
    private static let width = 50

    static func text(current: Int64, total: Int64) -> String {
        let done = min(width, max(0, Int(Double(current) / Double(total) * Double(width))))
        let bar = String(repeating: "=", count: done) + ">" + String(repeating: " ", count: width - done)
        return "[\(bar.prefix(width))]  \(size(current))/\(size(total))"
    }

    /// A size with decimal units and at most four digits.
    static func size(_ bytes: Int64) -> String {
        var value = Double(bytes)
        var units = ["B", "kB", "MB", "GB", "TB"][...]
        while value >= 1000, units.count > 1 {
            value /= 1000
            units = units.dropFirst()
        }
        let digits = value >= 1000 ? 0 : value >= 100 ? 1 : value >= 10 ? 2 : 3
        return "\(rounded(value, digits))\(units.first ?? "B")"
    }

    private static func rounded(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let text = "\((value * scale).rounded() / scale)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
