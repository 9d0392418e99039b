/// `80` or `8000-8010`.
package struct PortRange: Equatable, Sendable {
    package let first: UInt16
    package let last: UInt16

    package init?(_ text: String) {
        let bounds = text.split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count <= 2, let first = UInt16(bounds[0]), let last = UInt16(bounds[bounds.count - 1]),
            first <= last
        else { return nil }
        self.first = first
        self.last = last
    }

    /// What strconv.ParseUint says about a text that is no range.
    package static func complaint(_ text: String) -> String {
        let bounds = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let bad = bounds.first(where: { UInt16($0) == nil }) else {
            return "invalid range specified for port: \(text)"
        }
        let isNumber = !bad.isEmpty && bad.allSatisfy { $0.isASCII && $0.isNumber }
        return "strconv.ParseUint: parsing \(GoQuote.quote(String(bad))): "
            + (isNumber ? "value out of range" : "invalid syntax")
    }

    package var count: Int { Int(last) - Int(first) + 1 }
    package var ports: ClosedRange<UInt16> { first...last }
}
