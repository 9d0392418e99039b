/// What a template computes with.
enum TemplateValue {
    case json(JSONValue)
    case record(any TemplateRecord)
    /// A key that a map does not have.
    case missing

    var json: JSONValue {
        switch self {
        case .json(let value): value
        case .record(let record): record.document
        case .missing: .null
        }
    }

    /// Go's truth: not empty, not zero.
    var isTrue: Bool {
        guard case .json(let value) = self else {
            if case .record = self { return true }
            return false
        }
        switch value {
        case .null: return false
        case .bool(let flag): return flag
        case .number(let text): return Double(text) != 0
        case .string(let text): return !text.isEmpty
        case .array(let elements): return !elements.isEmpty
        case .object(let object): return !object.isEmpty
        }
    }

    /// As fmt prints it.
    var printed: String {
        switch self {
        case .missing: "<no value>"
        case .record(let record): Self.printed(record.document)
        case .json(let value): Self.printed(value)
        }
    }

    static func printed(_ value: JSONValue) -> String {
        switch value {
        case .null: "<nil>"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let text): text
        case .string(let text): text
        case .array(let elements): "[" + elements.map(printed).joined(separator: " ") + "]"
        case .object(let object):
            "map[" + object.sorted.map { "\($0.key):\(printed($0.value))" }.joined(separator: " ") + "]"
        }
    }
}
