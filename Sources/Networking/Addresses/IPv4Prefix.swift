/// An IPv4 address with its prefix length, as in `172.17.0.1/16`: an interface's address or, with no host bits, a subnet.
package struct IPv4Prefix: Hashable, Sendable {
    package let address: IPv4Address
    package let length: Int

    package init?(address: IPv4Address, length: Int) {
        guard (0...32).contains(length) else { return nil }
        self.address = address
        self.length = length
    }

    package init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPv4Address(parsing: parts[0]),
            parts[1].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let length = Int(parts[1])
        else { return nil }
        self.init(address: address, length: length)
    }

    private init(masked address: IPv4Address, length: Int) {
        self.address = IPv4Address(value: address.value & Self.mask(length))
        self.length = length
    }

    private static func mask(_ length: Int) -> UInt32 {
        length == 0 ? 0 : UInt32.max << UInt32(32 - length)
    }

    /// The subnet this address is in: the same with its host bits cleared.
    package var subnet: IPv4Prefix { IPv4Prefix(masked: address, length: length) }

    package var first: IPv4Address { subnet.address }
    package var last: IPv4Address { IPv4Address(value: address.value | ~Self.mask(length)) }

    package func contains(_ other: IPv4Address) -> Bool { first <= other && other <= last }

    package func overlaps(_ other: IPv4Prefix) -> Bool { first <= other.last && other.first <= last }
}

extension IPv4Prefix: CustomStringConvertible {
    package var description: String { "\(address)/\(length)" }
}

extension IPv4Prefix: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let prefix = IPv4Prefix(parsing: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no address/length")
        }
        self = prefix
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
