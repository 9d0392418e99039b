import NIOCore

/// Which registries need no verified certificate.
package struct InsecureRegistries: Sendable {
    private let hosts: Set<String>
    private let networks: [Network]

    private struct Network {
        let bytes: [UInt8]
        let prefix: Int

        init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let prefix = Int(parts[1]),
                let bytes = InsecureRegistries.address(String(parts[0])), (0...bytes.count * 8).contains(prefix)
            else { return nil }
            self.bytes = bytes
            self.prefix = prefix
        }

        func contains(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            return (0..<prefix).allSatisfy { bit in
                let mask: UInt8 = 0x80 >> (bit % 8)
                return address[bit / 8] & mask == bytes[bit / 8] & mask
            }
        }
    }

    /// Loopback is always among them.
    package init(_ entries: [String]) {
        networks = (entries + ["127.0.0.0/8", "::1/128"]).compactMap(Network.init)
        hosts = Set(entries.filter { Network($0) == nil }.map { $0.lowercased() })
    }

    /// Whether `host` or `host:port` is one.
    package func contain(_ host: String) -> Bool {
        let host = host.lowercased()
        let name = Self.withoutPort(host)
        if hosts.contains(host) || hosts.contains(name) || name == "localhost" { return true }
        guard let address = Self.address(name) else { return false }
        return networks.contains { $0.contains(address) }
    }

    static func withoutPort(_ host: String) -> String {
        if host.hasPrefix("["), let close = host.firstIndex(of: "]") {
            return String(host[host.index(after: host.startIndex)..<close])
        }
        guard let colon = host.lastIndex(of: ":"), host.firstIndex(of: ":") == colon else { return host }
        return String(host[..<colon])
    }

    private static func address(_ text: String) -> [UInt8]? {
        guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
        switch address {
        case .v4(let v4): return withUnsafeBytes(of: v4.address.sin_addr) { Array($0) }
        case .v6(let v6): return withUnsafeBytes(of: v6.address.sin6_addr) { Array($0) }
        case .unixDomainSocket: return nil
        }
    }
}
