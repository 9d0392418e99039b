/// Types in D-Bus's letters: where the first of several ends, and how its values are aligned.
package enum DBusType {
    /// Arrays and structures in each other, as the specification allows at most.
    static let maximumDepth = 32

    static func signature(of values: [DBusValue]) -> String {
        var result = ""
        for value in values { result += value.type }
        return result
    }

    static func alignment(of type: Substring) -> Int {
        switch type.utf8.first {
        case UInt8(ascii: "n"), UInt8(ascii: "q"): 2
        case UInt8(ascii: "b"), UInt8(ascii: "i"), UInt8(ascii: "u"), UInt8(ascii: "a"), UInt8(ascii: "s"),
            UInt8(ascii: "o"):
            4
        case UInt8(ascii: "x"), UInt8(ascii: "t"), UInt8(ascii: "d"), UInt8(ascii: "("), UInt8(ascii: "{"): 8
        default: 1
        }
    }

    /// Takes the first complete type off a signature; `nil` where there is no complete one.
    package static func takeFirst(of rest: inout Substring, depth: Int = 0) -> Substring? {
        guard depth <= maximumDepth, let first = rest.utf8.first else { return nil }
        let whole = rest
        rest = rest.dropFirst()
        switch first {
        case UInt8(ascii: "y"), UInt8(ascii: "b"), UInt8(ascii: "n"), UInt8(ascii: "q"), UInt8(ascii: "i"),
            UInt8(ascii: "u"), UInt8(ascii: "x"), UInt8(ascii: "t"), UInt8(ascii: "d"), UInt8(ascii: "s"),
            UInt8(ascii: "o"), UInt8(ascii: "g"), UInt8(ascii: "v"), UInt8(ascii: "h"):
            break
        case UInt8(ascii: "a"):
            guard takeFirst(of: &rest, depth: depth + 1) != nil else { return nil }
        case UInt8(ascii: "("):
            var count = 0
            while rest.utf8.first != UInt8(ascii: ")") {
                guard takeFirst(of: &rest, depth: depth + 1) != nil else { return nil }
                count += 1
            }
            guard count > 0 else { return nil }
            rest = rest.dropFirst()
        case UInt8(ascii: "{"):
            guard takeFirst(of: &rest, depth: depth + 1) != nil, takeFirst(of: &rest, depth: depth + 1) != nil,
                rest.utf8.first == UInt8(ascii: "}")
            else { return nil }
            rest = rest.dropFirst()
        default: return nil
        }
        return whole[whole.startIndex..<rest.startIndex]
    }

    /// Whether a text is one complete type.
    package static func isSingle(_ text: String) -> Bool {
        var rest = text[...]
        return takeFirst(of: &rest) != nil && rest.isEmpty
    }
}
