/// Values in the text form of GVariant, as `uint64 5`, `'a'`, `['a', 'b']`, `@as []`, `{'a': <1>}`.
///
/// A number without a type takes that of its neighbours in an array, otherwise `int32` or `double`.
package enum DBusText {
    package struct Problem: Error, Equatable {
        package var text: String
    }

    /// A value whose type may not be known yet.
    indirect enum Node {
        case number(String)
        case text(String)
        case boolean(Bool)
        case bytes([UInt8])
        case array([Node])
        case dictionary([(key: Node, value: Node)])
        case variant(Node)
        case typed(String, Node)
    }

    package static func value(_ text: String) throws(Problem) -> DBusValue {
        var scanner = DBusTextScanner(text)
        let node = try scanner.node()
        try scanner.finish()
        guard let type = type(of: node) else { throw Problem(text: "can't infer type for \"\(text)\"") }
        return try value(node, type)
    }

    // MARK: Types

    /// What a value certainly is.
    private static func certain(_ node: Node) -> String? {
        switch node {
        case .number(let text): isFraction(text) ? "d" : nil
        case .text: nil
        case .boolean: "b"
        case .bytes: "ay"
        case .variant: "v"
        case .typed(let type, _): type
        case .array(let elements): first(elements, certain).map { "a" + $0 }
        case .dictionary(let entries):
            if let key = first(entries.map(\.key), certain), let value = first(entries.map(\.value), certain) {
                "a{\(key)\(value)}"
            } else {
                nil
            }
        }
    }

    private static func type(of node: Node) -> String? {
        if let certain = certain(node) { return certain }
        switch node {
        case .number: return "i"
        case .text: return "s"
        case .array(let elements): return common(elements).map { "a" + $0 }
        case .dictionary(let entries):
            guard let key = common(entries.map(\.key)), let value = common(entries.map(\.value)) else { return nil }
            return "a{\(key)\(value)}"
        default: return nil
        }
    }

    private static func common(_ nodes: [Node]) -> String? { first(nodes, certain) ?? first(nodes, type(of:)) }

    private static func first(_ nodes: [Node], _ type: (Node) -> String?) -> String? {
        for node in nodes { if let found = type(node) { return found } }
        return nil
    }

    private static func isFraction(_ text: String) -> Bool {
        !text.contains("x") && text.contains { $0 == "." || $0 == "e" || $0 == "E" }
    }

    // MARK: Values

    private static func value(_ node: Node, _ type: String) throws(Problem) -> DBusValue {
        switch node {
        case .typed(let own, let inner):
            guard own == type else { throw wrong(own, type) }
            return try value(inner, own)
        case .boolean(let truth) where type == "b": return .boolean(truth)
        case .bytes(let bytes) where type == "ay": return .bytes(bytes)
        case .variant(let inner) where type == "v":
            guard let innerType = Self.type(of: inner) else { throw Problem(text: "can't infer type of a variant") }
            return .variant(try value(inner, innerType))
        case .text(let text):
            switch type {
            case "s": return .string(text)
            case "o": return .objectPath(text)
            case "g": return .signature(text)
            default: throw wrong(text, type)
            }
        case .number(let text): return try number(text, type)
        case .array(let elements) where type.hasPrefix("a") && !type.hasPrefix("a{"):
            let element = String(type.dropFirst())
            var values: [DBusValue] = []
            for node in elements { values.append(try value(node, element)) }
            return .array(of: element, values)
        case .dictionary(let entries) where type.hasPrefix("a{"):
            var rest = type.dropFirst(2).dropLast()
            guard let key = DBusType.takeFirst(of: &rest), let content = DBusType.takeFirst(of: &rest) else {
                throw Problem(text: "invalid signature \"\(type)\" for dict type")
            }
            var values: [DBusValue] = []
            for entry in entries {
                values.append(.entry(try value(entry.key, String(key)), try value(entry.value, String(content))))
            }
            return .array(of: String(type.dropFirst()), values)
        default: throw Problem(text: "can't parse with given type information \"\(type)\"")
        }
    }

    private static func wrong(_ text: String, _ type: String) -> Problem {
        Problem(text: "can't parse \"\(text)\" as type \"\(type)\"")
    }

    private static func number(_ text: String, _ type: String) throws(Problem) -> DBusValue {
        let value: DBusValue? =
            switch type {
            case "y": integer(text).map { .byte($0) }
            case "n": integer(text).map { .int16($0) }
            case "q": integer(text).map { .uint16($0) }
            case "i": integer(text).map { .int32($0) }
            case "u": integer(text).map { .uint32($0) }
            case "x": integer(text).map { .int64($0) }
            case "t": integer(text).map { .uint64($0) }
            case "d": Double(text).map { .double($0) }
            default: nil
            }
        guard let value else { throw wrong(text, type) }
        return value
    }

    /// Hexadecimal after `0x`, octal after `0`.
    private static func integer<T: FixedWidthInteger>(_ text: String) -> T? {
        let isNegative = text.hasPrefix("-")
        let digits = text.drop { $0 == "-" || $0 == "+" }
        let sign = isNegative ? "-" : ""
        if digits.hasPrefix("0x") { return T(sign + digits.dropFirst(2), radix: 16) }
        if digits.hasPrefix("0"), digits.count > 1 { return T(sign + digits.dropFirst(), radix: 8) }
        return T(sign + digits, radix: 10)
    }
}
