/// Cuts a stream of concatenated JSON objects, as `/events` and `/images/create` send them, into documents.
package struct JSONStreamSplitter {
    private var pending: [UInt8] = []
    private var depth = 0
    private var inString = false
    private var escaped = false

    package init() {}

    package mutating func feed(_ bytes: some Sequence<UInt8>) throws(JSONParseError) -> [JSONValue] {
        var documents: [JSONValue] = []
        for byte in bytes {
            if depth == 0 && byte != UInt8(ascii: "{") && byte != UInt8(ascii: "[") { continue }
            pending.append(byte)
            advance(byte)
            if depth == 0 {
                documents.append(try JSONParser.parse(pending))
                pending.removeAll(keepingCapacity: true)
            }
        }
        return documents
    }

    private mutating func advance(_ byte: UInt8) {
        if inString {
            if escaped {
                escaped = false
            } else if byte == UInt8(ascii: "\\") {
                escaped = true
            } else if byte == UInt8(ascii: "\"") {
                inString = false
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""): inString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
    }
}
