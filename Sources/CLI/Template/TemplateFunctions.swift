/// The functions that templates may call: Go's own and Docker's.
enum TemplateFunctions {
    struct Failure: Error {
        let reason: String
    }

    /// - Parameter keepsTitles: Leave text as it is, for the header of a table.
    static func call(
        _ name: String, _ arguments: [TemplateValue], keepsTitles: Bool
    ) throws(Failure) -> TemplateValue {
        let values = arguments.map(\.json)
        switch name {
        case "json", "title", "lower", "upper", "truncate", "pad", "split", "join":
            if keepsTitles { return .json(values.first ?? "") }
            // Rows encode themselves in Go with characters of HTML escaped.
            if name == "json", case .record(let row)? = arguments.first {
                return .json(.string(row.document.encodedForHTML))
            }
            return .json(try shape(name, values))
        case "len": return .json(try length(try argument(values, 0)))
        case "index": return .json(try element(values))
        case "slice": return .json(try slice(values))
        case "not": return .json(.bool(!(arguments.first?.isTrue ?? false)))
        case "print": return .json(.string(printed(arguments)))
        case "println": return .json(.string(arguments.map(\.printed).joined(separator: " ") + "\n"))
        case "printf":
            let format = try argument(values, 0).text
            return .json(.string(TemplateFormatter.format(format, Array(values.dropFirst()))))
        case "html": return .json(.string(html(printed(arguments))))
        case "urlquery": return .json(.string(PercentEncoding.query(printed(arguments))))
        case "js": return .json(.string(String(GoQuote.quote(printed(arguments)).dropFirst().dropLast())))
        default: return .json(.bool(try compare(name, values)))
        }
    }

    private static func argument(_ values: [JSONValue], _ index: Int) throws(Failure) -> JSONValue {
        guard index < values.count else {
            throw Failure(reason: "wrong number of args: want at least \(index + 1) got \(values.count)")
        }
        return values[index]
    }

    private static func shape(_ name: String, _ values: [JSONValue]) throws(Failure) -> JSONValue {
        let first = try argument(values, 0)
        switch name {
        case "json": return .string(first.encoded)
        case "lower": return .string(first.text.lowercased())
        case "upper": return .string(first.text.uppercased())
        case "title": return .string(titled(first.text))
        case "truncate":
            return .string(String(first.text.prefix(Int(try argument(values, 1).integer))))
        case "pad":
            let text = first.text
            guard !text.isEmpty else { return .string(text) }
            let before = Int(try argument(values, 1).integer)
            let after = Int(try argument(values, 2).integer)
            return .string(String(repeating: " ", count: before) + text + String(repeating: " ", count: after))
        case "split":
            return JSONValue(parts(of: first.text, by: try argument(values, 1).text))
        default:
            guard let elements = first.arrayValue else {
                throw Failure(reason: "wrong type for value; expected []string")
            }
            let separator = try argument(values, 1).text
            return .string(elements.map(TemplateValue.printed).joined(separator: separator))
        }
    }

    private static func parts(of text: String, by separator: String) -> [String] {
        guard !separator.isEmpty else { return text.map { String($0) } }
        var parts: [String] = []
        var part = ""
        var rest = text[...]
        while !rest.isEmpty {
            if rest.hasPrefix(separator) {
                parts.append(part)
                part = ""
                rest = rest.dropFirst(separator.count)
            } else {
                part.append(rest.removeFirst())
            }
        }
        return parts + [part]
    }

    private static func titled(_ text: String) -> String {
        var afterLetter = false
        return String(
            text.map { character in
                defer { afterLetter = character.isLetter || character.isNumber || character == "_" || character == "'" }
                return afterLetter ? character : Character(String(character).uppercased().prefix(1).description)
            })
    }

    private static func length(_ value: JSONValue) throws(Failure) -> JSONValue {
        switch value {
        case .string(let text): JSONValue(text.utf8.count)
        case .array(let elements): JSONValue(elements.count)
        case .object(let object): JSONValue(object.count)
        case .null: JSONValue(0)
        default: throw Failure(reason: "len of type \(value.encoded)")
        }
    }

    private static func element(_ values: [JSONValue]) throws(Failure) -> JSONValue {
        var item = try argument(values, 0)
        for key in values.dropFirst() {
            switch item {
            case .array(let elements):
                guard let index = key.intValue else {
                    throw Failure(reason: "cannot index slice/array with type string")
                }
                guard elements.indices.contains(Int(index)) else {
                    throw Failure(reason: "index out of range: \(index)")
                }
                item = elements[Int(index)]
            case .object(let object): item = object[TemplateValue.printed(key)] ?? .string("")
            case .null: throw Failure(reason: "index of untyped nil")
            default: throw Failure(reason: "can't index item of type \(item.stringValue == nil ? "number" : "string")")
            }
        }
        return item
    }

    private static func slice(_ values: [JSONValue]) throws(Failure) -> JSONValue {
        let item = try argument(values, 0)
        let count = item.arrayValue?.count ?? item.text.count
        let low = values.count > 1 ? Int(values[1].integer) : 0
        let high = values.count > 2 ? Int(values[2].integer) : count
        guard low >= 0, low <= high, high <= count else { throw Failure(reason: "index out of range: \(high)") }
        if let elements = item.arrayValue { return .array(Array(elements[low..<high])) }
        return .string(String(item.text.dropFirst(low).prefix(high - low)))
    }

    /// Operands of `print` get a space between them where neither is text.
    private static func printed(_ arguments: [TemplateValue]) -> String {
        var text = ""
        var before: JSONValue?
        for argument in arguments {
            if let before, before.stringValue == nil, argument.json.stringValue == nil { text += " " }
            text += argument.printed
            before = argument.json
        }
        return text
    }

    private static func html(_ text: String) -> String {
        text.map { character in
            switch character {
            case "<": "&lt;"
            case ">": "&gt;"
            case "&": "&amp;"
            case "\"": "&#34;"
            case "'": "&#39;"
            default: String(character)
            }
        }.joined()
    }

    private static func compare(_ name: String, _ values: [JSONValue]) throws(Failure) -> Bool {
        let left = try argument(values, 0)
        let right = try argument(values, 1)
        switch name {
        case "eq":
            for other in values.dropFirst() where try equal(left, other) { return true }
            return false
        case "ne": return try !equal(left, right)
        case "lt": return try less(left, right)
        case "le": return try !less(right, left)
        case "gt": return try less(right, left)
        default: return try !less(left, right)
        }
    }

    private static func equal(_ left: JSONValue, _ right: JSONValue) throws(Failure) -> Bool {
        if let left = left.doubleValue, let right = right.doubleValue { return left == right }
        if left.isNull || right.isNull { return left == right }
        guard sameKind(left, right) else { throw Failure(reason: "incompatible types for comparison") }
        return left == right
    }

    private static func less(_ left: JSONValue, _ right: JSONValue) throws(Failure) -> Bool {
        if let left = left.doubleValue, let right = right.doubleValue { return left < right }
        guard let left = left.stringValue, let right = right.stringValue else {
            throw Failure(reason: "incompatible types for comparison")
        }
        return left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    private static func sameKind(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.string, .string), (.bool, .bool), (.number, .number): true
        default: false
        }
    }
}
