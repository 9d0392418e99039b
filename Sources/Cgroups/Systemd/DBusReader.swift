/// Reads values of D-Bus's wire format; whatever is cut short or does not belong is `SystemdError.malformed`.
package struct DBusReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private let isLittleEndian: Bool

    /// Alignment counts from the start of `bytes`.
    package init(_ bytes: ArraySlice<UInt8>, littleEndian: Bool = true) {
        self.bytes = bytes
        position = bytes.startIndex
        isLittleEndian = littleEndian
    }

    package var offset: Int { position - bytes.startIndex }

    /// All values of a signature.
    package mutating func values(_ signature: String) throws(SystemdError) -> [DBusValue] {
        var rest = signature[...]
        var result: [DBusValue] = []
        while !rest.isEmpty {
            guard let type = DBusType.takeFirst(of: &rest) else { throw .malformed("signature \"\(signature)\"") }
            result.append(try value(type, 0))
        }
        return result
    }

    package mutating func pad(to alignment: Int) throws(SystemdError) {
        while offset % alignment != 0 { _ = try byte() }
    }

    private mutating func value(_ type: Substring, _ depth: Int) throws(SystemdError) -> DBusValue {
        guard depth <= 2 * DBusType.maximumDepth else { throw .malformed("values nested too deep") }
        try pad(to: DBusType.alignment(of: type))
        switch type.utf8.first {
        case UInt8(ascii: "y"): return .byte(try byte())
        case UInt8(ascii: "b"): return .boolean(try number(UInt32.self) != 0)
        case UInt8(ascii: "n"): return .int16(try number())
        case UInt8(ascii: "q"): return .uint16(try number())
        case UInt8(ascii: "i"): return .int32(try number())
        case UInt8(ascii: "u"), UInt8(ascii: "h"): return .uint32(try number())
        case UInt8(ascii: "x"): return .int64(try number())
        case UInt8(ascii: "t"): return .uint64(try number())
        case UInt8(ascii: "d"): return .double(Double(bitPattern: try number()))
        case UInt8(ascii: "s"): return .string(try text(Int(try number(UInt32.self))))
        case UInt8(ascii: "o"): return .objectPath(try text(Int(try number(UInt32.self))))
        case UInt8(ascii: "g"): return .signature(try text(Int(try byte())))
        case UInt8(ascii: "a"): return try array(type.dropFirst(), depth)
        case UInt8(ascii: "("): return .structure(try fields(type, depth))
        case UInt8(ascii: "{"):
            let pair = try fields(type, depth)
            guard pair.count == 2 else { throw .malformed("a dictionary's entry") }
            return .entry(pair[0], pair[1])
        case UInt8(ascii: "v"):
            let inner = try text(Int(try byte()))
            guard DBusType.isSingle(inner) else { throw .malformed("a variant of \"\(inner)\"") }
            return .variant(try value(inner[...], depth + 1))
        default: throw .malformed("type \"\(type)\"")
        }
    }

    private mutating func array(_ element: Substring, _ depth: Int) throws(SystemdError) -> DBusValue {
        let length = Int(try number(UInt32.self))
        try pad(to: DBusType.alignment(of: element))
        guard length <= bytes.endIndex - position else { throw .malformed("an array of \(length) bytes") }
        let end = position + length
        var values: [DBusValue] = []
        while position < end { values.append(try value(element, depth + 1)) }
        guard position == end else { throw .malformed("an array that ends within an element") }
        return .array(of: String(element), values)
    }

    private mutating func fields(_ type: Substring, _ depth: Int) throws(SystemdError) -> [DBusValue] {
        var rest = type.dropFirst().dropLast()
        var result: [DBusValue] = []
        while !rest.isEmpty {
            guard let field = DBusType.takeFirst(of: &rest) else { throw .malformed("type \"\(type)\"") }
            result.append(try value(field, depth + 1))
        }
        return result
    }

    private mutating func byte() throws(SystemdError) -> UInt8 {
        guard position < bytes.endIndex else { throw .malformed("a message that is cut short") }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func number<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(SystemdError) -> T {
        var result: T = 0
        for index in 0..<MemoryLayout<T>.size {
            let byte = T(truncatingIfNeeded: try byte())
            if isLittleEndian { result |= byte << (8 * index) } else { result = result << 8 | byte }
        }
        return result
    }

    private mutating func text(_ length: Int) throws(SystemdError) -> String {
        guard length < bytes.endIndex - position else { throw .malformed("a text of \(length) bytes") }
        let text = String(decoding: bytes[position..<(position + length)], as: UTF8.self)
        position += length
        guard try byte() == 0 else { throw .malformed("a text without an end") }
        return text
    }
}
