/// A JSON document kept as the server wrote it: members in order, numbers as text.
///
/// `inspect` and `--format` show the server's own document, also fields this client does not know,
/// so responses are not squeezed through typed models.
package enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    package var isNull: Bool { self == .null }

    package var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var boolValue: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    package var intValue: Int64? {
        guard case .number(let text) = self else { return nil }
        return Int64(text) ?? Double(text).flatMap { Int64(exactly: $0.rounded(.towardZero)) }
    }

    package var unsignedValue: UInt64? {
        guard case .number(let text) = self else { return nil }
        return UInt64(text)
    }

    package var doubleValue: Double? {
        if case .number(let text) = self { Double(text) } else { nil }
    }

    package var arrayValue: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    package var objectValue: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The member of that name; `.null` where there is none, so that paths can be written in one go.
    package subscript(key: String) -> JSONValue {
        objectValue?[key] ?? .null
    }

    package subscript(index: Int) -> JSONValue {
        guard let elements = arrayValue, elements.indices.contains(index) else { return .null }
        return elements[index]
    }

    /// The string, or "" for anything else.
    package var text: String { stringValue ?? "" }

    /// The integer, or 0 for anything else.
    package var integer: Int64 { intValue ?? 0 }

    /// The strings of an array, or none.
    package var strings: [String] { (arrayValue ?? []).compactMap(\.stringValue) }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .number(String(value)) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements))
    }

    package init(_ number: some BinaryInteger) { self = .number(String(number)) }
    package init(_ strings: some Sequence<String>) { self = .array(strings.map(JSONValue.string)) }
    package init(_ members: [String: String]) {
        self = .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
}
