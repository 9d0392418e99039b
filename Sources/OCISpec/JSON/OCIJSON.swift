import CJSONC

/// Reads and writes the JSON of the OCI specifications and of Docker, without Foundation.
///
/// Integers of 64 bits are exact, `UInt64` included. Unknown keys are ignored, `null` counts as absent. A missing
/// array reads as empty and a missing `Bool` as false, as in Go; an empty array is not written.
public enum OCIJSON {
    /// Objects and arrays may be nested this deep; deeper input is an error.
    public static let maximumDepth = 64

    /// Reads one value from JSON text.
    ///
    /// - Throws: `OCIJSONError`, or what a type's own `init(from:)` throws.
    public static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
        try bytes.withUnsafeBufferPointer { try decode(type, from: $0) }
    }

    /// Reads one value from JSON text.
    public static func decode<T: Decodable>(_ type: T.Type, from bytes: UnsafeBufferPointer<UInt8>) throws -> T {
        let document = try JSONDocument(parsing: bytes)
        return try withExtendedLifetime(document) {
            try JSONNodeDecoder(node: document.root, codingPath: []).value(type)
        }
    }

    /// Writes a value as compact JSON text.
    ///
    /// - Throws: `OCIJSONError`, or what a type's own `encode(to:)` throws.
    public static func encode<T: Encodable>(_ value: T) throws -> [UInt8] {
        try text(of: value, style: JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)
    }

    /// Writes a value as JSON text for people, indented by two spaces.
    public static func encodePretty<T: Encodable>(_ value: T) throws -> [UInt8] {
        try text(
            of: value, style: JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE)
    }

    private static func text<T: Encodable>(of value: T, style: Int32) throws -> [UInt8] {
        let root = JSONRoot()
        try JSONNodeEncoder(slot: .root(root), codingPath: []).place(value)
        var length = 0
        guard let text = json_object_to_json_string_length(root.object, style, &length) else {
            throw OCIJSONError.outOfMemory
        }
        return text.withMemoryRebound(to: UInt8.self, capacity: length) {
            [UInt8](UnsafeBufferPointer(start: $0, count: length))
        }
    }
}
