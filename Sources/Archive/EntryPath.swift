/// A name of an archive, made relative to the root and taken apart: `./a//b/` is `b` in `a`.
package struct EntryPath: Hashable, Sendable {
    /// The directory, relative and empty for the root, and a 0 at the end.
    package let parent: [UInt8]
    /// The last component and a 0 at the end; only the 0 where the path is the root itself.
    package let name: [UInt8]

    /// `nil` where `..` leads above the root, or a 0 stands in the name.
    package init?(_ bytes: some Collection<UInt8>) {
        var joined: [UInt8] = []
        var starts: [Int] = []
        for component in bytes.split(separator: UInt8(ascii: "/")) {
            if component.elementsEqual([UInt8(ascii: ".")]) { continue }
            if component.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) {
                guard let start = starts.popLast() else { return nil }
                joined.removeSubrange(max(0, start - 1)...)
                continue
            }
            if component.contains(0) { return nil }
            if !joined.isEmpty { joined.append(UInt8(ascii: "/")) }
            starts.append(joined.count)
            joined.append(contentsOf: component)
        }
        let start = starts.last ?? 0
        parent = joined[..<max(0, start - 1)] + [0]
        name = joined[start...] + [0]
    }

    init(parent: [UInt8], name: [UInt8]) {
        self.parent = parent
        self.name = name
    }

    package var isRoot: Bool { name.count == 1 }

    /// The whole relative path and a 0 at the end; `.` for the root.
    package var full: [UInt8] {
        if isRoot { return [UInt8(ascii: "."), 0] }
        return parent.count == 1 ? name : parent.dropLast() + [UInt8(ascii: "/")] + name
    }

    package var text: String { String(decoding: full.dropLast(), as: UTF8.self) }
}
