/// What a container asks of its network.
package struct EndpointRequest: Sendable {
    /// The container's id: names the endpoint, its namespace file and its record.
    package var id: String
    package var hostname: String?
    package var ports: [PortPublication]
    /// Derived from the address where nil.
    package var macAddress: MACAddress?
    /// This very address instead of the next free one.
    package var ipAddress: IPv4Address?

    package init(
        id: String, hostname: String? = nil, ports: [PortPublication] = [], macAddress: MACAddress? = nil,
        ipAddress: IPv4Address? = nil
    ) {
        self.id = id
        self.hostname = hostname
        self.ports = ports
        self.macAddress = macAddress
        self.ipAddress = ipAddress
    }
}

/// A container's place on a network, as it was made.
package struct Endpoint: Hashable, Codable, Sendable {
    package let id: String
    package let hostname: String?
    package let ipAddress: IPv4Address
    package let prefixLength: Int
    package let gateway: IPv4Address
    package let macAddress: MACAddress
    /// The file that pins the network namespace: what the runtime spec's `namespaces[].path` takes.
    package let namespacePath: String
    /// The host's end of the veth pair; the container's is `eth0`.
    package let hostInterface: String
    /// Every binding with its real address and port: a publication on all addresses is listed once per family.
    package let ports: [PortPublication]
}
