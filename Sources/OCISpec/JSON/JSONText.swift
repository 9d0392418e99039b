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

    // One for each type of number: a generic one would be compiled for none of them.

    package mutating func member(_ name: StaticString, _ value: Int?) { integer(name, value) }
    package mutating func member(_ name: StaticString, _ value: Int32?) { integer(name, value) }
    package mutating func member(_ name: StaticString, _ value: UInt32?) { integer(name, value) }
    package mutating func member(_ name: StaticString, _ value: UInt64?) { integer(name, value) }

    private mutating func integer<T: FixedWidthInteger>(_ name: StaticString, _ value: T?) {
        guard let value else { return }
        self.name(name)
        number(isNegative: value < 0, magnitude: UInt64(truncatingIfNeeded: value.magnitude))
    }

    package mutating func member(_ name: StaticString, _ value: some JSONWritable) throws {
        self.name(name)
        try object { object in try value.write(to: &object) }
    }

    package mutating func member(_ name: StaticString, _ values: [String]) {
        list(name, values) { text, value in text.string(value) }
    }

    package mutating func member<T: FixedWidthInteger>(_ name: StaticString, _ values: [T]) {
        list(name, values) { text, value in
            text.number(isNegative: value < 0, magnitude: UInt64(truncatingIfNeeded: value.magnitude))
        }
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

    /// Without Swift's general conversion, which costs a short-lived program more memory than all that it writes.
    private mutating func number(isNegative: Bool, magnitude: UInt64) {
        if isNegative { bytes.append(UInt8(ascii: "-")) }
        var divisor: UInt64 = 1
        while magnitude / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude / divisor % 10))
            divisor /= 10
        }
    }

    private mutating func string(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        var value = value
        value.withUTF8 { text in
            guard let base = text.baseAddress else { return }
            var start = 0
            for place in 0..<text.count {
                let byte = text[place]
                let isMark = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
                guard isMark || byte < 0x20 else { continue }
                bytes.append(contentsOf: UnsafeBufferPointer(start: base + start, count: place - start))
                start = place + 1
                if isMark {
                    bytes.append(UInt8(ascii: "\\"))
                    bytes.append(byte)
                } else {
                    plain("\\u00")
                    bytes.append(Self.digits.utf8Start[Int(byte >> 4)])
                    bytes.append(Self.digits.utf8Start[Int(byte & 0xf)])
                }
            }
            // A slice would be a type that is made at run time.
            bytes.append(contentsOf: UnsafeBufferPointer(start: base + start, count: text.count - start))
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
