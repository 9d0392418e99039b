import CJSONC

/// The elements of an array.
struct JSONUnkeyedDecoding: UnkeyedDecodingContainer {
    let node: OpaquePointer
    let codingPath: [any CodingKey]
    private(set) var currentIndex = 0

    init(node: OpaquePointer, codingPath: [any CodingKey]) {
        self.node = node
        self.codingPath = codingPath
    }

    var count: Int? { json_object_array_length(node) }
    var isAtEnd: Bool { currentIndex >= json_object_array_length(node) }

    private mutating func next<T>(_ body: (JSONNodeDecoder) throws -> T) throws -> T {
        let path = codingPath + [JSONIndexKey(currentIndex)]
        guard !isAtEnd else { throw OCIJSONError.value(at: path, "the array has no more elements") }
        let result = try body(
            JSONNodeDecoder(node: json_object_array_get_idx(node, currentIndex), codingPath: path))
        currentIndex += 1
        return result
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, json_object_array_get_idx(node, currentIndex) == nil else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next { try $0.value(type) } }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try next { try $0.container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next { try $0.unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try next { $0 } }
}
