/// Lays out JSON text with four spaces a level, leaving the tokens byte for byte as they are.
package enum JSONIndenter {
    package static func indent(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count * 2)
        var depth = 0
        var needsIndent = false
        var inString = false
        var escaped = false
        for byte in bytes {
            if inString {
                output.append(byte)
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
                continue
            }
            if [0x20, 0x09, 0x0A, 0x0D].contains(byte) { continue }
            let closes = byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
            if needsIndent && !closes {
                needsIndent = false
                depth += 1
                newline(depth, &output)
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                needsIndent = true
                output.append(byte)
            case UInt8(ascii: ","):
                output.append(byte)
                newline(depth, &output)
            case UInt8(ascii: ":"):
                output.append(contentsOf: ": ".utf8)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if needsIndent {
                    needsIndent = false
                } else {
                    depth -= 1
                    newline(depth, &output)
                }
                output.append(byte)
            default:
                inString = byte == UInt8(ascii: "\"")
                output.append(byte)
            }
        }
        return output
    }

    private static func newline(_ depth: Int, _ output: inout [UInt8]) {
        output.append(0x0A)
        output.append(contentsOf: repeatElement(0x20, count: max(0, depth) * 4))
    }
}
