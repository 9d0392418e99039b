import Glibc

/// An IPv4 or IPv6 address.
package enum IPAddress: Hashable, Sendable {
    case v4(IPv4Address)
    /// The sixteen octets in network order.
    case v6([UInt8])

    package static let anyV4 = IPAddress.v4(.any)
    package static let anyV6 = IPAddress.v6([UInt8](repeating: 0, count: 16))
    package static let loopbackV6 = IPAddress.v6([UInt8](repeating: 0, count: 15) + [1])

    package init?(parsing text: String) {
        if let address = IPv4Address(parsing: text) {
            self = .v4(address)
            return
        }
        var address = in6_addr()
        guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
        self = .v6(withUnsafeBytes(of: &address) { Array($0) })
    }

    /// Whether it stands for every address of its family.
    package var isWildcard: Bool { self == .anyV4 || self == .anyV6 }

    package var isLoopback: Bool {
        switch self {
        case .v4(let address): address.isLoopback
        case .v6: self == .loopbackV6
        }
    }

    /// As in an URL: an IPv6 address stands in brackets.
    package func withPort(_ port: UInt16) -> String {
        switch self {
        case .v4(let address): "\(address):\(port)"
        case .v6: "[\(self)]:\(port)"
        }
    }
}

extension IPAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .v4(let address):
            return address.description
        case .v6(let octets):
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            guard octets.count == 16, inet_ntop(AF_INET6, octets, &text, socklen_t(INET6_ADDRSTRLEN)) != nil else {
                return "::"
            }
            return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }
}

extension IPAddress: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let address = IPAddress(parsing: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no IP address")
        }
        self = address
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
