/// Rational numbers such as `--cpus 1.5`, in billionths.
package enum Decimal9 {
    /// Nil where the text is no number; `.some(nil)` where it has more than nine decimals.
    package static func parse(_ text: String) -> Int64?? {
        if let slash = text.firstIndex(of: "/") {
            guard let top = Int64(text[..<slash]), let bottom = Int64(text[text.index(after: slash)...]), bottom != 0
            else { return nil }
            let (product, overflow) = top.multipliedReportingOverflow(by: 1_000_000_000)
            guard !overflow else { return nil }
            return .some(product % bottom == 0 ? product / bottom : nil)
        }
        guard let value = Double(text), value.isFinite, abs(value) < 9e9,
            text.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) })
        else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1].reversed().drop { $0 == "0" }.count : 0
        return .some(decimals > 9 ? nil : Int64((value * 1e9).rounded()))
    }
}
