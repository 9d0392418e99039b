// The models' synthesised code calls these overloads instead of the standard library's, so that an absent array is an
// empty one and an absent flag is false, as in Go's models; an empty array is left out of the text.

extension KeyedDecodingContainer {
    func decode<T: Decodable>(_ type: [T].Type, forKey key: Key) throws -> [T] {
        try decodeIfPresent(type, forKey: key) ?? []
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        try decodeIfPresent(type, forKey: key) ?? false
    }

    func decode(_ type: User.Type, forKey key: Key) throws -> User {
        try decodeIfPresent(type, forKey: key) ?? User()
    }
}

extension KeyedEncodingContainer {
    mutating func encode<T: Encodable>(_ value: [T], forKey key: Key) throws {
        guard !value.isEmpty else { return }
        // Nested as an optional, since the plain call would end up here again.
        try encodeIfPresent(Optional(value), forKey: key)
    }
}
