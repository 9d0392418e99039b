/// A value of D-Bus's type system (D-Bus specification, "Type System").
package indirect enum DBusValue: Equatable, Sendable {
    case byte(UInt8)
    case boolean(Bool)
    case int16(Int16)
    case uint16(UInt16)
    case int32(Int32)
    case uint32(UInt32)
    case int64(Int64)
    case uint64(UInt64)
    case double(Double)
    case string(String)
    case objectPath(String)
    case signature(String)
    /// The elements' type is told apart, since there may be none.
    case array(of: String, [DBusValue])
    case structure([DBusValue])
    /// An element of a dictionary.
    case entry(DBusValue, DBusValue)
    case variant(DBusValue)

    /// The type in D-Bus's letters.
    package var type: String {
        switch self {
        case .byte: "y"
        case .boolean: "b"
        case .int16: "n"
        case .uint16: "q"
        case .int32: "i"
        case .uint32: "u"
        case .int64: "x"
        case .uint64: "t"
        case .double: "d"
        case .string: "s"
        case .objectPath: "o"
        case .signature: "g"
        case .array(let element, _): "a" + element
        case .structure(let fields): "(" + DBusType.signature(of: fields) + ")"
        case .entry(let key, let value): "{" + key.type + value.type + "}"
        case .variant: "v"
        }
    }

    /// The text of a string, path or signature.
    package var text: String? {
        switch self {
        case .string(let text), .objectPath(let text), .signature(let text): text
        case .variant(let value): value.text
        default: nil
        }
    }

    package static func strings(_ texts: [String]) -> DBusValue {
        var values: [DBusValue] = []
        for text in texts { values.append(.string(text)) }
        return .array(of: "s", values)
    }

    package static func bytes(_ bytes: [UInt8]) -> DBusValue {
        var values: [DBusValue] = []
        for byte in bytes { values.append(.byte(byte)) }
        return .array(of: "y", values)
    }
}
