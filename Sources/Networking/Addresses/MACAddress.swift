/// An Ethernet address.
package struct MACAddress: Hashable, Sendable {
    package let octets: [UInt8]

    /// Docker's scheme: locally administered, derived from the IPv4 address, so that a neighbour's cache stays right when
    /// the address goes to the next container.
    package init(derivedFrom address: IPv4Address) {
        octets = [0x02, 0x42] + address.octets
    }

    /// Six hexadecimal octets separated by colons or hyphens.
    package init?(parsing text: some StringProtocol) {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
        guard parts.count == 6 else { return nil }
        var octets: [UInt8] = []
        for part in parts {
            guard part.count == 2, part.allSatisfy(\.isHexDigit), let octet = UInt8(part, radix: 16) else { return nil }
            octets.append(octet)
        }
        guard octets[0] & 1 == 0 else { return nil }
        self.octets = octets
    }
}

extension MACAddress: CustomStringConvertible {
    package var description: String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}

extension MACAddress: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let address = MACAddress(parsing: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no MAC address")
        }
        self = address
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
