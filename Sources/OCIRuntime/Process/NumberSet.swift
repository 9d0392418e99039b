/// A set of small numbers in the kernel's list format, `0-3,7`: CPUs or memory nodes.
package struct NumberSet: Equatable {
    /// As the kernel takes it: bit n of the words from the first on.
    package private(set) var words: [UInt] = []

    /// As many as a Linux kernel may be built for.
    private static let limit = 8192

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Reads a list; spaces and empty parts are fine, as in the specification's pattern. `nil` where it is none.
    package init?(_ text: String) {
        for part in text.split(separator: ",", omittingEmptySubsequences: true) {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(Self.number)
            if ends.count == 1, Self.isBlank(part) { continue }
            guard let first = ends[0], let last = ends[ends.count - 1], first <= last, last < Self.limit else {
                return nil
            }
            for number in first...last { insert(number) }
        }
    }

    private static func isBlank(_ text: Substring) -> Bool { text.allSatisfy { $0 == " " } }

    private static func number(_ text: Substring) -> Int? {
        let digits = text.split(separator: " ")
        guard digits.count == 1, digits[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(digits[0])
    }

    private mutating func insert(_ number: Int) {
        while words.count <= number / UInt.bitWidth { words.append(0) }
        words[number / UInt.bitWidth] |= 1 << UInt(number % UInt.bitWidth)
    }
}
