/// The kernel's lists of processors and memory nodes, such as `0-3,8`.
enum IndexList {
    private static let limit = 8192

    /// Nil if it is no such list, or names an index that no kernel has.
    static func parse(_ text: some StringProtocol) -> [Int]? {
        var indices: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = index(ends[0]) else { return nil }
            guard ends.count == 2 else {
                indices.insert(first)
                continue
            }
            guard let last = index(ends[1]), first <= last else { return nil }
            indices.formUnion(first...last)
        }
        return indices.sorted()
    }

    /// As the kernel prints it.
    static func text(_ indices: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for index in indices.sorted() {
            if let last = ranges.last, last.upperBound + 1 >= index {
                ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, index)
            } else {
                ranges.append(index...index)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }

    private static func index(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }), let value = Int(text), value < limit
        else { return nil }
        return value
    }
}
