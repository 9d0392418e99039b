/// Writes values in D-Bus's wire format, little endian, each padded from the start to its alignment.
package struct DBusWriter {
    package private(set) var bytes: [UInt8] = []
    /// What cannot be sent: texts must not have a zero in them.
    package private(set) var problem: String?

    package init() {}

    package mutating func append(_ value: DBusValue) {
        switch value {
        case .byte(let number): bytes.append(number)
        case .boolean(let truth): append(UInt32(truth ? 1 : 0))
        case .int16(let number): append(number)
        case .uint16(let number): append(number)
        case .int32(let number): append(number)
        case .uint32(let number): append(number)
        case .int64(let number): append(number)
        case .uint64(let number): append(number)
        case .double(let number): append(number.bitPattern)
        case .string(let text), .objectPath(let text): append(text)
        case .signature(let text): append(signature: text)
        case .array(let element, let values): append(values, of: element)
        case .structure(let fields):
            pad(to: 8)
            for field in fields { append(field) }
        case .entry(let key, let value):
            pad(to: 8)
            append(key)
            append(value)
        case .variant(let value):
            append(signature: value.type)
            append(value)
        }
    }

    package mutating func pad(to alignment: Int) {
        while bytes.count % alignment != 0 { bytes.append(0) }
    }

    private mutating func append<T: FixedWidthInteger>(_ number: T) {
        pad(to: MemoryLayout<T>.size)
        var rest = number
        for _ in 0..<MemoryLayout<T>.size {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    private mutating func append(_ text: String) {
        append(UInt32(text.utf8.count))
        append(terminated: text)
    }

    private mutating func append(signature: String) {
        bytes.append(UInt8(truncatingIfNeeded: signature.utf8.count))
        if signature.utf8.count > 255 { problem = "a signature of more than 255 letters" }
        append(terminated: signature)
    }

    private mutating func append(terminated text: String) {
        if text.utf8.contains(0) { problem = "a text with a zero byte" }
        bytes += Array(text.utf8)
        bytes.append(0)
    }

    /// The length counts from the first element, which is aligned even where there is none.
    private mutating func append(_ values: [DBusValue], of element: String) {
        append(UInt32(0))
        let place = bytes.count - 4
        pad(to: DBusType.alignment(of: element[...]))
        let start = bytes.count
        for value in values { append(value) }
        var length = UInt32(truncatingIfNeeded: bytes.count - start)
        for offset in 0..<4 {
            bytes[place + offset] = UInt8(truncatingIfNeeded: length)
            length >>= 8
        }
    }
}
