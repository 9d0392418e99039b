/// Compact JSON text in the making: the members of one object after another. An absent value is left out.
package struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init() { bytes.reserveCapacity(4096) }

    mutating func object(_ body: (inout JSONText) throws -> Void) rethrows {
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
        try body(&self)
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    private mutating func name(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    // MARK: Members

    package mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        self.name(name)
        string(value)
    }

    package mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        plain(value ? "true" : "false")
    }

    package mutating func member<T: FixedWidthInteger>(_ name: StaticString, _ value: T?) {
        guard let value else { return }
        self.name(name)
        plain(String(value))
    }

    package mutating func member(_ name: StaticString, _ value: some JSONWritable) throws {
        self.name(name)
        try object { object in try value.write(to: &object) }
    }

    package mutating func member(_ name: StaticString, _ values: [String]) {
        list(name, values) { text, value in text.string(value) }
    }

    package mutating func member<T: FixedWidthInteger>(_ name: StaticString, _ values: [T]) {
        list(name, values) { text, value in text.plain(String(value)) }
    }

    package mutating func member<T: JSONWritable>(_ name: StaticString, _ values: [T]) throws {
        try list(name, values) { text, value in try text.object { object in try value.write(to: &object) } }
    }

    /// A member that is seldom there, by `Codable`.
    package mutating func encode<T: Encodable>(_ name: StaticString, _ value: T?) throws {
        guard let value else { return }
        self.name(name)
        bytes += try OCIJSON.encode(value)
    }

    private mutating func list<T>(
        _ name: StaticString, _ values: [T], _ element: (inout JSONText, T) throws -> Void
    ) rethrows {
        self.name(name)
        bytes.append(UInt8(ascii: "["))
        needsComma = false
        for value in values {
            separate()
            try element(&self, value)
            needsComma = true
        }
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    // MARK: Values

    private mutating func plain(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private static let digits: StaticString = "0123456789abcdef"

    private mutating func string(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                plain("\\u00")
                bytes.append(Self.digits.utf8Start[Int(byte >> 4)])
                bytes.append(Self.digits.utf8Start[Int(byte & 0xf)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
