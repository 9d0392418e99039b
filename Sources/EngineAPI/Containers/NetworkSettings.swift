/// A container's network state.
package struct NetworkSettings: Codable, Equatable, Sendable {
    @Zero package var bridge: String
    @Zero package var sandboxID: String
    @Zero package var sandboxKey: String
    @Zero package var ports: [String: [PortBinding]?]
    @Zero package var hairpinMode: Bool
    @Zero package var linkLocalIPv6Address: String
    @Zero package var linkLocalIPv6PrefixLen: Int
    @Nullable package var secondaryIPAddresses: [String]?
    @Nullable package var secondaryIPv6Addresses: [String]?
    @Zero package var endpointID: String
    @Zero package var gateway: String
    @Zero package var globalIPv6Address: String
    @Zero package var globalIPv6PrefixLen: Int
    @Zero package var ipAddress: String
    @Zero package var ipPrefixLen: Int
    @Zero package var ipv6Gateway: String
    @Zero package var macAddress: String
    @Zero package var networks: [String: EndpointSettings]

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case bridge = "Bridge"
        case sandboxID = "SandboxID"
        case sandboxKey = "SandboxKey"
        case ports = "Ports"
        case hairpinMode = "HairpinMode"
        case linkLocalIPv6Address = "LinkLocalIPv6Address"
        case linkLocalIPv6PrefixLen = "LinkLocalIPv6PrefixLen"
        case secondaryIPAddresses = "SecondaryIPAddresses"
        case secondaryIPv6Addresses = "SecondaryIPv6Addresses"
        case endpointID = "EndpointID"
        case gateway = "Gateway"
        case globalIPv6Address = "GlobalIPv6Address"
        case globalIPv6PrefixLen = "GlobalIPv6PrefixLen"
        case ipAddress = "IPAddress"
        case ipPrefixLen = "IPPrefixLen"
        case ipv6Gateway = "IPv6Gateway"
        case macAddress = "MacAddress"
        case networks = "Networks"
    }
}

extension NetworkSettings: ZeroValue {
    package static var zero: NetworkSettings { NetworkSettings() }
}
