/// json-c stores an integer beyond 64 bits as the nearest one without a word; this pass over the text refuses it.
enum JSONIntegerCheck {
    private static let largest = Array("18446744073709551615".utf8)
    private static let smallest = Array("9223372036854775808".utf8)

    static func check(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        var index = 0
        var inString = false
        while index < bytes.count {
            let byte = bytes[index]
            if inString {
                if byte == UInt8(ascii: "\\") { index += 1 } else if byte == UInt8(ascii: "\"") { inString = false }
            } else if byte == UInt8(ascii: "\"") {
                inString = true
            } else if isDigit(byte) {
                let start = index
                while index < bytes.count, isDigit(bytes[index]) { index += 1 }
                if index - start > 18 { try checkLong(bytes, start..<index) }
                continue
            }
            index += 1
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private static func checkLong(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) throws {
        // Digits of a fraction or an exponent, or a number that has one, are no integer.
        if range.lowerBound > 0, [UInt8(ascii: "."), UInt8(ascii: "+")].contains(bytes[range.lowerBound - 1]) {
            return
        }
        if range.upperBound < bytes.count, [UInt8(ascii: "."), 0x65, 0x45].contains(bytes[range.upperBound]) { return }
        let negative = range.lowerBound > 0 && bytes[range.lowerBound - 1] == UInt8(ascii: "-")
        let limit = negative ? smallest : largest
        if range.count < limit.count { return }
        if range.count == limit.count, !limit.lexicographicallyPrecedes(bytes[range]) { return }
        throw OCIJSONError.syntax(reason: "the integer does not fit 64 bits", offset: range.lowerBound)
    }
}
