import CJSONC

/// Owns the tree that an encoder builds.
final class JSONRoot {
    var object: OpaquePointer?

    deinit { json_object_put(object) }
}

/// Where a value goes: the parent takes ownership of it.
enum JSONSlot {
    case root(JSONRoot)
    case member(of: OpaquePointer, name: String)
    case element(of: OpaquePointer)

    func put(_ object: OpaquePointer?) throws {
        switch self {
        case .root(let root):
            json_object_put(root.object)
            root.object = object
        case .member(let parent, let name):
            guard json_object_object_add(parent, name, object) == 0 else { throw OCIJSONError.outOfMemory }
        case .element(let parent):
            guard json_object_array_add(parent, object) == 0 else { throw OCIJSONError.outOfMemory }
        }
    }
}

/// Encodes one value into its slot.
struct JSONNodeEncoder: Encoder, SingleValueEncodingContainer {
    let slot: JSONSlot
    let codingPath: [any CodingKey]

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(JSONKeyedEncoding<Key>(node: grow(json_object_new_object()), codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        JSONUnkeyedEncoding(node: grow(json_object_new_array()), codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    /// These requirements cannot throw: without memory the container has no node, and its first value throws.
    private func grow(_ object: OpaquePointer?) -> OpaquePointer? {
        do { try slot.put(object) } catch { return nil }
        return object
    }

    func place<T: Encodable>(_ value: T) throws { try value.encode(to: self) }

    func encodeNil() throws { try slot.put(nil) }
    func encode(_ value: Bool) throws { try slot.put(json_object_new_boolean(value ? 1 : 0)) }
    func encode(_ value: Double) throws { try slot.put(json_object_new_double(value)) }
    func encode(_ value: Float) throws { try encode(Double(value)) }
    func encode(_ value: Int) throws { try encode(Int64(value)) }
    func encode(_ value: Int8) throws { try encode(Int64(value)) }
    func encode(_ value: Int16) throws { try encode(Int64(value)) }
    func encode(_ value: Int32) throws { try encode(Int64(value)) }
    func encode(_ value: Int64) throws { try slot.put(json_object_new_int64(value)) }
    func encode(_ value: UInt) throws { try encode(UInt64(value)) }
    func encode(_ value: UInt8) throws { try encode(UInt64(value)) }
    func encode(_ value: UInt16) throws { try encode(UInt64(value)) }
    func encode(_ value: UInt32) throws { try encode(UInt64(value)) }
    func encode(_ value: UInt64) throws { try slot.put(json_object_new_uint64(value)) }
    func encode<T: Encodable>(_ value: T) throws { try place(value) }

    func encode(_ value: String) throws {
        var value = value
        let object = value.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { json_object_new_string_len($0.baseAddress, Int32($0.count)) }
        }
        try slot.put(object)
    }
}
