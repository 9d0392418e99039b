import CJSONC

/// Builds an object.
struct JSONKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: OpaquePointer?
    let codingPath: [any CodingKey]

    private func encoder(_ key: Key) throws -> JSONNodeEncoder {
        guard let node else { throw OCIJSONError.outOfMemory }
        return JSONNodeEncoder(slot: .member(of: node, name: key.stringValue), codingPath: codingPath + [key])
    }

    mutating func encodeNil(forKey key: Key) throws { try encoder(key).encodeNil() }
    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try encoder(key).place(value) }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy keyType: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        guard let encoder = try? encoder(key) else {
            return KeyedEncodingContainer(JSONKeyedEncoding<NestedKey>(node: nil, codingPath: codingPath))
        }
        return encoder.container(keyedBy: keyType)
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        guard let encoder = try? encoder(key) else { return JSONUnkeyedEncoding(node: nil, codingPath: codingPath) }
        return encoder.unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { JSONNodeEncoder(slot: .root(JSONRoot()), codingPath: codingPath) }

    mutating func superEncoder(forKey key: Key) -> any Encoder {
        (try? encoder(key)) ?? JSONNodeEncoder(slot: .root(JSONRoot()), codingPath: codingPath)
    }
}
