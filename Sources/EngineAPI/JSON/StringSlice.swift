/// A list of words that may also be given as one string, as Docker takes `Cmd`, `Entrypoint` and `CapAdd`.
@propertyWrapper
package struct StringSlice: Codable, Equatable, Sendable {
    package var wrappedValue: [String]?

    package init(wrappedValue: [String]?) {
        self.wrappedValue = wrappedValue
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            wrappedValue = nil
        } else if let word = try? container.decode(String.self) {
            wrappedValue = [word]
        } else {
            wrappedValue = try container.decode([String].self)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue {
            try container.encode(wrappedValue)
        } else {
            try container.encodeNil()
        }
    }
}

extension KeyedDecodingContainer {
    package func decode(_ type: StringSlice.Type, forKey key: Key) throws -> StringSlice {
        try decodeIfPresent(StringSlice.self, forKey: key) ?? StringSlice(wrappedValue: nil)
    }
}
