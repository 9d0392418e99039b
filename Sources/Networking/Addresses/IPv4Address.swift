/// An IPv4 address, ordered and calculable.
package struct IPv4Address: Hashable, Comparable, Sendable {
    /// The address in host byte order: `192.0.2.1` is `0xC0000201`.
    package let value: UInt32

    package static let any = IPv4Address(value: 0)
    package static let loopback = IPv4Address(value: 0x7F00_0001)

    package init(value: UInt32) {
        self.value = value
    }

    /// Four decimal numbers; leading zeros are refused, since some resolvers read them as octal.
    package init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard part.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), part.count == 1 || part.first != "0",
                let octet = UInt8(part)
            else { return nil }
            value = value << 8 | UInt32(octet)
        }
        self.value = value
    }

    /// The four octets in network order.
    package var octets: [UInt8] {
        [
            UInt8(truncatingIfNeeded: value >> 24), UInt8(truncatingIfNeeded: value >> 16),
            UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value),
        ]
    }

    package var isLoopback: Bool { value >> 24 == 127 }

    package static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.value < right.value }
}

extension IPv4Address: CustomStringConvertible {
    package var description: String { octets.map(String.init).joined(separator: ".") }
}

extension IPv4Address: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let address = IPv4Address(parsing: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no IPv4 address")
        }
        self = address
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
