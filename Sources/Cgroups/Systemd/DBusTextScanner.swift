/// Takes values off a text in the form of GVariant.
struct DBusTextScanner {
    private var rest: Substring.UnicodeScalarView

    init(_ text: String) { rest = text[...].unicodeScalars }

    private static let names = [
        "boolean": "b", "byte": "y", "int16": "n", "uint16": "q", "int32": "i", "uint32": "u", "int64": "x",
        "uint64": "t", "double": "d", "string": "s", "objectpath": "o", "signature": "g",
    ]

    mutating func finish() throws(DBusText.Problem) {
        skipSpace()
        guard rest.isEmpty else { throw .init(text: "unexpected \"\(String(rest))\"") }
    }

    mutating func node(_ depth: Int = 0) throws(DBusText.Problem) -> DBusText.Node {
        guard depth < DBusType.maximumDepth else { throw .init(text: "nested too deep") }
        skipSpace()
        guard let first = rest.first else { throw .init(text: "unexpected EOF") }
        switch first {
        case "[":
            rest.removeFirst()
            return .array(try list(until: "]") { scanner throws(DBusText.Problem) in try scanner.node(depth + 1) })
        case "{":
            rest.removeFirst()
            return .dictionary(
                try list(until: "}") { scanner throws(DBusText.Problem) in
                    let key = try scanner.node(depth + 1)
                    try scanner.expect(":")
                    return (key, try scanner.node(depth + 1))
                })
        case "<":
            rest.removeFirst()
            let inner = try node(depth + 1)
            try expect(">")
            return .variant(inner)
        case "'", "\"": return .text(try quoted())
        case "@":
            rest.removeFirst()
            let type = word { !$0.properties.isWhitespace }
            guard DBusType.isSingle(type) else { throw .init(text: "invalid signature: \"\(type)\"") }
            return .typed(type, try node(depth + 1))
        case "+", "-", "0"..."9": return .number(word(isNumberPart))
        default: return try named(depth)
        }
    }

    private func isNumberPart(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || "+-.0123456789".unicodeScalars.contains(scalar)
    }

    private mutating func named(_ depth: Int) throws(DBusText.Problem) -> DBusText.Node {
        let name = word { $0.properties.isAlphabetic || ("0"..."9").contains($0) }
        if name == "b", let quote = rest.first, quote == "'" || quote == "\"" {
            return .bytes(Array(try quoted().utf8) + [0])
        }
        if name == "true" || name == "false" { return .boolean(name == "true") }
        guard let type = Self.names[name] else { throw .init(text: "unrecognized type \"\(name)\"") }
        return .typed(type, try node(depth + 1))
    }

    private mutating func list<T>(
        until end: Unicode.Scalar, _ element: (inout DBusTextScanner) throws(DBusText.Problem) -> T
    ) throws(DBusText.Problem) -> [T] {
        var result: [T] = []
        skipSpace()
        if rest.first == end {
            rest.removeFirst()
            return result
        }
        while true {
            result.append(try element(&self))
            skipSpace()
            guard let next = rest.popFirst() else { throw .init(text: "unexpected EOF") }
            if next == end { return result }
            guard next == "," else { throw .init(text: "unexpected \"\(next)\"") }
        }
    }

    private mutating func expect(_ wanted: Unicode.Scalar) throws(DBusText.Problem) {
        skipSpace()
        guard let next = rest.popFirst() else { throw .init(text: "unexpected EOF") }
        guard next == wanted else { throw .init(text: "unexpected \"\(next)\"") }
    }

    private mutating func quoted() throws(DBusText.Problem) -> String {
        let quote = rest.removeFirst()
        var result = String.UnicodeScalarView()
        while let next = rest.popFirst() {
            if next == quote { return String(result) }
            guard next == "\\" else {
                result.append(next)
                continue
            }
            guard let escaped = rest.popFirst() else { break }
            switch escaped {
            case "a": result.append("\u{7}")
            case "b": result.append("\u{8}")
            case "f": result.append("\u{c}")
            case "n": result.append("\n")
            case "r": result.append("\r")
            case "t": result.append("\t")
            case "\n": continue
            case "u", "U":
                let digits = String(rest.prefix(escaped == "u" ? 4 : 8))
                guard let number = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(number) else {
                    throw .init(text: "short unicode escape")
                }
                result.append(scalar)
                rest = rest.dropFirst(digits.unicodeScalars.count)
            default: result.append(escaped)
            }
        }
        throw .init(text: "unterminated string")
    }

    private mutating func word(_ belongs: (Unicode.Scalar) -> Bool) -> String {
        let word = rest.prefix(while: belongs)
        rest = rest.dropFirst(word.count)
        return String(word)
    }

    private mutating func skipSpace() { rest = rest.drop { $0.properties.isWhitespace } }
}
