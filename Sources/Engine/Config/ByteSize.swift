/// A number of bytes, written as a number or as text with a unit: `64m`, `1GB`, `512KiB`.
package struct ByteSize: Codable, Equatable, Sendable {
    package let bytes: Int64

    package init(bytes: Int64) {
        self.bytes = bytes
    }

    package init?(_ text: String) {
        let lower = text.lowercased()
        let digits = lower.prefix { $0.isNumber || $0 == "." }
        var unit = lower.dropFirst(digits.count).trimming { $0 == " " }
        if unit.hasSuffix("ib") {
            unit = String(unit.dropLast(2))
        } else if unit.hasSuffix("b") {
            unit = String(unit.dropLast())
        }
        let powers = ["": 0, "k": 10, "m": 20, "g": 30, "t": 40, "p": 50]
        guard let number = Double(digits), let power = powers[unit] else { return nil }
        let value = number * Double(Int64(1) << Int64(power))
        guard value >= 0, value < Double(Int64.max) else { return nil }
        bytes = Int64(value)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
            bytes = number
            return
        }
        let text = try container.decode(String.self)
        guard let size = ByteSize(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "invalid size: '\(text)'")
        }
        self = size
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(bytes)
    }
}
