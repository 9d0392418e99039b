import CJSONC

/// Builds an array.
struct JSONUnkeyedEncoding: UnkeyedEncodingContainer {
    let node: OpaquePointer?
    let codingPath: [any CodingKey]
    private(set) var count = 0

    init(node: OpaquePointer?, codingPath: [any CodingKey]) {
        self.node = node
        self.codingPath = codingPath
    }

    private mutating func next() throws -> JSONNodeEncoder {
        guard let node else { throw OCIJSONError.outOfMemory }
        defer { count += 1 }
        return JSONNodeEncoder(slot: .element(of: node), codingPath: codingPath + [JSONIndexKey(count)])
    }

    mutating func encodeNil() throws { try next().encodeNil() }
    mutating func encode<T: Encodable>(_ value: T) throws { try next().place(value) }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy keyType: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        guard let encoder = try? next() else {
            return KeyedEncodingContainer(JSONKeyedEncoding<NestedKey>(node: nil, codingPath: codingPath))
        }
        return encoder.container(keyedBy: keyType)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        guard let encoder = try? next() else { return JSONUnkeyedEncoding(node: nil, codingPath: codingPath) }
        return encoder.unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder {
        (try? next()) ?? JSONNodeEncoder(slot: .root(JSONRoot()), codingPath: codingPath)
    }
}
