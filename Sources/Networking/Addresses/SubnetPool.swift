/// The subnets that networks without an address of their own choose from: Docker's default address pools.
package enum SubnetPool {
    /// 172.17.0.0/16 … 172.31.0.0/16, then the /20 blocks of 192.168.0.0/16.
    package static let candidates: [IPv4Prefix] = {
        let large = (17...31).compactMap { (octet: UInt32) in
            IPv4Prefix(address: IPv4Address(value: 172 << 24 | octet << 16), length: 16)
        }
        let small = stride(from: 0, to: 256, by: 16).compactMap { (octet: UInt32) in
            IPv4Prefix(address: IPv4Address(value: 192 << 24 | 168 << 16 | octet << 8), length: 20)
        }
        return large + small
    }()

    /// The first candidate that overlaps nothing in use, as a gateway's address with its prefix length.
    package static func firstFree(avoiding used: [IPv4Prefix]) -> IPv4Prefix? {
        guard let subnet = candidates.first(where: { candidate in !used.contains { $0.overlaps(candidate) } }) else {
            return nil
        }
        return IPv4Prefix(address: IPv4Address(value: subnet.address.value + 1), length: subnet.length)
    }
}
