import CJSONC

/// A parsed JSON text; nodes are valid as long as it lives.
final class JSONDocument {
    /// The top value; `nil` is JSON's null, as everywhere in json-c.
    let root: OpaquePointer?

    init(parsing bytes: UnsafeBufferPointer<UInt8>) throws {
        try JSONIntegerCheck.check(bytes)
        guard let tokener = json_tokener_new_ex(Int32(OCIJSON.maximumDepth)) else { throw OCIJSONError.outOfMemory }
        defer { json_tokener_free(tokener) }
        let flags = JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8 | JSON_TOKENER_ALLOW_TRAILING_CHARS
        json_tokener_set_flags(tokener, flags)
        guard let count = Int32(exactly: bytes.count), let start = bytes.baseAddress, count > 0 else {
            throw OCIJSONError.syntax(reason: bytes.isEmpty ? "EOF" : "more than 2 GiB", offset: 0)
        }
        let object = start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
            json_tokener_parse_ex(tokener, $0, count)
        }
        let failure = json_tokener_get_error(tokener)
        let end = json_tokener_get_parse_end(tokener)
        guard failure == json_tokener_success else {
            json_object_put(object)
            // A number at the end of the text is complete only when something follows it.
            let reason = failure == json_tokener_continue ? "unexpected EOF" : Self.reason(failure)
            throw OCIJSONError.syntax(reason: reason, offset: end)
        }
        guard bytes[end...].allSatisfy({ $0 == 0x20 || (0x09...0x0d).contains($0) }) else {
            json_object_put(object)
            throw OCIJSONError.syntax(reason: "text follows the value", offset: end)
        }
        root = object
    }

    deinit { json_object_put(root) }

    private static func reason(_ error: json_tokener_error) -> String {
        guard let text = json_tokener_error_desc(error) else { return "unknown error" }
        return String(cString: text)
    }
}
