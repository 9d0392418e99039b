/// Escapes text for a JSON string as Docker's json-file writer does: HTML characters, line separators and control
/// characters as `\u00XX`, bytes that are not UTF-8 as U+FFFD.
package enum JSONText {
    private static let hex: StaticString = "0123456789abcdef"

    /// Appends the escaped text, without quotes.
    package static func escape(_ text: UnsafeBufferPointer<UInt8>, into output: ByteBuffer) {
        guard let base = text.baseAddress else { return }
        // The longest escape of one byte has six.
        output.reserve(text.count * 6)
        var start = 0
        var index = 0
        while index < text.count {
            let byte = base[index]
            if isPlain(byte) {
                index += 1
                continue
            }
            if byte < 0x80 {
                output.put(base + start, index - start)
                escape(byte, output)
                index += 1
                start = index
                continue
            }
            let length = sequenceLength(base + index, text.count - index)
            if length == 0 {
                output.put(base + start, index - start)
                output.append("\\ufffd")
                index += 1
                start = index
            } else if isLineSeparator(base + index, length) {
                output.put(base + start, index - start)
                output.append(base[index + 2] == 0xA8 ? "\\u2028" : "\\u2029")
                index += length
                start = index
            } else {
                index += length
            }
        }
        output.put(base + start, text.count - start)
    }

    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x22, 0x26, 0x3C, 0x3E, 0x5C: false
        default: byte >= 0x20 && byte < 0x80
        }
    }

    @inline(__always)
    private static func escape(_ byte: UInt8, _ output: ByteBuffer) {
        output.put(0x5C)
        switch byte {
        case 0x22, 0x5C: output.put(byte)
        case 0x0A: output.put(0x6E)
        case 0x0D: output.put(0x72)
        default:
            output.put(0x75)
            output.put(0x30)
            output.put(0x30)
            output.put(hex.utf8Start[Int(byte >> 4)])
            output.put(hex.utf8Start[Int(byte & 15)])
        }
    }

    private static func isLineSeparator(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        length == 3 && bytes[0] == 0xE2 && bytes[1] == 0x80 && (bytes[2] == 0xA8 || bytes[2] == 0xA9)
    }

    /// The length of the well-formed UTF-8 sequence here (Unicode, table 3-7), 0 if there is none.
    private static func sequenceLength(_ bytes: UnsafePointer<UInt8>, _ available: Int) -> Int {
        let (length, second): (Int, ClosedRange<UInt8>)
        switch bytes[0] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard available >= length, second.contains(bytes[1]) else { return 0 }
        for index in 2..<max(2, length) where bytes[index] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
