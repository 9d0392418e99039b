import CJSONC

/// An object of a parsed text, whose members are read by the type that is wanted: `null` counts as absent, an absent
/// array is empty and an absent flag false, as in `OCIJSON`.
package struct JSONObject {
    private let node: OpaquePointer

    init(_ node: OpaquePointer?) throws {
        guard let node, json_object_get_type(node) == json_type_object else {
            throw JSONNodeDecoder(node: node, codingPath: []).mismatch("an object")
        }
        self.node = node
    }

    /// The member's node: none where it is absent, `nil` inside where it is null.
    private func member(_ name: StaticString) -> OpaquePointer?? {
        var value: OpaquePointer?
        let found = name.withUTF8Buffer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { json_object_object_get_ex(node, $0.baseAddress, &value) }
        }
        return found != 0 ? .some(value) : .none
    }

    private func present<T>(
        _ name: StaticString, _ read: (JSONNodeDecoder) throws -> T
    ) throws -> T? {
        guard let node = member(name) ?? nil else { return nil }
        return try OCIJSONError.inside(name) { try read(JSONNodeDecoder(node: node, codingPath: [])) }
    }

    private func required<T>(_ name: StaticString, _ read: (JSONNodeDecoder) throws -> T) throws -> T {
        guard let node = member(name) else {
            throw OCIJSONError.value(path: "\(name)", problem: "the field is required")
        }
        return try OCIJSONError.inside(name) { try read(JSONNodeDecoder(node: node, codingPath: [])) }
    }

    // MARK: Scalars

    package func read(_ name: StaticString) throws -> String { try required(name) { try $0.decode(String.self) } }
    package func read(_ name: StaticString) throws -> String? { try present(name) { try $0.decode(String.self) } }
    package func read(_ name: StaticString) throws -> Bool { try read(name) ?? false }
    package func read(_ name: StaticString) throws -> Bool? { try present(name) { try $0.decode(Bool.self) } }

    package func read<T: FixedWidthInteger>(_ name: StaticString) throws -> T {
        try required(name) { try $0.integer() }
    }

    package func read<T: FixedWidthInteger>(_ name: StaticString) throws -> T? {
        try present(name) { try $0.integer() }
    }

    // MARK: Collections

    package func read(_ name: StaticString) throws -> [String] { try read(name) ?? [] }
    package func read(_ name: StaticString) throws -> [String]? { try present(name) { try $0.strings() } }

    package func read<T: FixedWidthInteger>(_ name: StaticString) throws -> [T] {
        try elements(name) { try $0.integer() }
    }

    package func read<T: JSONReadable>(_ name: StaticString) throws -> [T] {
        try elements(name) { try T(reading: try JSONObject($0.node)) }
    }

    private func elements<T>(_ name: StaticString, _ read: (JSONNodeDecoder) throws -> T) throws -> [T] {
        let result: [T]? = try present(name) { array in
            guard let node = array.node, json_object_get_type(node) == json_type_array else {
                throw array.mismatch("an array")
            }
            let count = json_object_array_length(node)
            var result: [T] = []
            result.reserveCapacity(count)
            for index in 0..<count {
                let element = JSONNodeDecoder(node: json_object_array_get_idx(node, index), codingPath: [])
                result.append(try OCIJSONError.inside(index) { try read(element) })
            }
            return result
        }
        return result ?? []
    }

    // MARK: Other types

    package func read<T: JSONReadable>(_ name: StaticString) throws -> T? {
        try present(name) { try T(reading: try JSONObject($0.node)) }
    }

    /// A member that is seldom there, by `Codable`.
    package func decode<T: Decodable>(_ name: StaticString) throws -> T? { try present(name) { try $0.value(T.self) } }

    /// As `decode`; an absent array is empty.
    package func decode<T: Decodable>(_ name: StaticString) throws -> [T] {
        try present(name) { try $0.value([T].self) } ?? []
    }
}
