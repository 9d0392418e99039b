import CJSONC

/// Decodes one node of a document.
struct JSONNodeDecoder: Decoder, SingleValueDecodingContainer {
    let node: OpaquePointer?
    let codingPath: [any CodingKey]

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let node, json_object_get_type(node) == json_type_object else { throw mismatch("an object") }
        return KeyedDecodingContainer(JSONKeyedDecoding<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let node, json_object_get_type(node) == json_type_array else { throw mismatch("an array") }
        return JSONUnkeyedDecoding(node: node, codingPath: codingPath)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    /// The node as any type, without a detour through a container for the frequent ones.
    func value<T: Decodable>(_ type: T.Type) throws -> T {
        if type == [String].self, let strings = try strings() as? T { return strings }
        return try T(from: self)
    }

    func strings() throws -> [String] {
        guard let node, json_object_get_type(node) == json_type_array else { throw mismatch("an array") }
        let count = json_object_array_length(node)
        var result: [String] = []
        result.reserveCapacity(count)
        for index in 0..<count {
            let element = json_object_array_get_idx(node, index)
            guard let text = try Self.string(element) else {
                throw JSONNodeDecoder(node: element, codingPath: codingPath + [JSONIndexKey(index)]).mismatch(
                    "a string")
            }
            result.append(text)
        }
        return result
    }

    // MARK: Scalars

    func decodeNil() -> Bool { node == nil }

    func decode(_ type: Bool.Type) throws -> Bool {
        guard let node, json_object_get_type(node) == json_type_boolean else { throw mismatch("true or false") }
        return json_object_get_boolean(node) != 0
    }

    func decode(_ type: String.Type) throws -> String {
        guard let text = try Self.string(node) else { throw mismatch("a string") }
        return text
    }

    func decode(_ type: Double.Type) throws -> Double {
        guard let node, [json_type_double, json_type_int].contains(json_object_get_type(node)) else {
            throw mismatch("a number")
        }
        return json_object_get_double(node)
    }

    func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
    func decode(_ type: Int.Type) throws -> Int { try integer() }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer() }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer() }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer() }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer() }
    func decode(_ type: UInt.Type) throws -> UInt { try integer() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer() }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try value(type) }

    func integer<T: FixedWidthInteger>() throws -> T {
        guard let node, json_object_get_type(node) == json_type_int else { throw mismatch("an integer") }
        let signed = json_object_get_int64(node)
        // json-c answers the nearest Int64 for what only UInt64 holds.
        let exact = signed == Int64.max ? T(exactly: json_object_get_uint64(node)) : T(exactly: signed)
        guard let exact else {
            throw OCIJSONError.value(at: codingPath, "the integer is not in \(T.min)…\(T.max)")
        }
        return exact
    }

    /// The text of a string node. A NUL inside would cut the text short in every C interface, so it is refused.
    static func string(_ node: OpaquePointer?) throws -> String? {
        guard let node, json_object_get_type(node) == json_type_string,
            let text = json_object_get_string(node)
        else { return nil }
        let count = Int(json_object_get_string_len(node))
        return try text.withMemoryRebound(to: UInt8.self, capacity: count) {
            let bytes = UnsafeBufferPointer(start: $0, count: count)
            guard !bytes.contains(0) else {
                throw OCIJSONError.value(path: String(decoding: bytes, as: UTF8.self), problem: "a string holds a NUL")
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    func mismatch(_ expected: String) -> OCIJSONError {
        let found = node.map { String(cString: json_type_to_name(json_object_get_type($0))) } ?? "null"
        return .value(at: codingPath, "expected \(expected), found \(found)")
    }
}
