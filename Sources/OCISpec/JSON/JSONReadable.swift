/// A type that reads itself from an object of the text, without `Codable`'s containers.
///
/// For each type that is decoded the generic containers are made at run time: for a configuration of a few kilobytes
/// that takes ten times what its text does, in every start of the runtime. The types that every configuration has read
/// themselves; the others stay with `Codable`, and both ways answer the same (`JSONReadableTests`).
package protocol JSONReadable {
    init(reading object: JSONObject) throws
}

/// A type that writes itself as an object of the text, see `JSONReadable`.
package protocol JSONWritable {
    func write(to object: inout JSONText) throws
}

extension OCIJSON {
    /// As `decode`, for a type that reads itself.
    package static func read<T: JSONReadable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
        try bytes.withUnsafeBufferPointer { bytes in
            let document = try JSONDocument(parsing: bytes)
            return try withExtendedLifetime(document) { try T(reading: try JSONObject(document.root)) }
        }
    }

    /// As `encode`, for a type that writes itself. Empty arrays are written.
    package static func write(_ value: some JSONWritable) throws -> [UInt8] {
        var text = JSONText()
        try text.object { object in try value.write(to: &object) }
        return text.bytes
    }
}
