/// A type with the zero value that Go gives to a field that is not there.
package protocol ZeroValue {
    static var zero: Self { get }
}

/// A value that reads as its zero when its key is missing or `null`, and is always written.
@propertyWrapper
package struct Zero<Value: Codable & Equatable & Sendable & ZeroValue>: Codable, Equatable, Sendable {
    package var wrappedValue: Value

    package init() {
        wrappedValue = .zero
    }

    package init(wrappedValue: Value) {
        self.wrappedValue = wrappedValue
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? .zero : try container.decode(Value.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

extension KeyedDecodingContainer {
    package func decode<Value>(_ type: Zero<Value>.Type, forKey key: Key) throws -> Zero<Value> {
        Zero(wrappedValue: try decodeIfPresent(Value.self, forKey: key) ?? .zero)
    }
}

extension KeyedEncodingContainer {
    package mutating func encode<Value>(_ value: Zero<Value>, forKey key: Key) throws {
        try encode(value.wrappedValue, forKey: key)
    }
}

extension String: ZeroValue {
    package static var zero: String { "" }
}

extension Bool: ZeroValue {
    package static var zero: Bool { false }
}

extension Int: ZeroValue {}
extension Int64: ZeroValue {}
extension UInt64: ZeroValue {}
extension UInt16: ZeroValue {}
extension UInt32: ZeroValue {}
extension Double: ZeroValue {}

extension Array: ZeroValue {
    package static var zero: [Element] { [] }
}

extension Dictionary: ZeroValue {
    package static var zero: [Key: Value] { [:] }
}
