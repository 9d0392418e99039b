/// A container's place in one network.
package struct EndpointSettings: Codable, Equatable, Sendable {
    @Nullable package var ipamConfig: EndpointIPAMConfig?
    @Nullable package var links: [String]?
    @Nullable package var aliases: [String]?
    @Zero package var macAddress: String
    @Nullable package var driverOpts: [String: String]?
    @Zero package var gwPriority: Int
    @Zero package var networkID: String
    @Zero package var endpointID: String
    @Zero package var gateway: String
    @Zero package var ipAddress: String
    @Zero package var ipPrefixLen: Int
    @Zero package var ipv6Gateway: String
    @Zero package var globalIPv6Address: String
    @Zero package var globalIPv6PrefixLen: Int
    @Nullable package var dnsNames: [String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case ipamConfig = "IPAMConfig"
        case links = "Links"
        case aliases = "Aliases"
        case macAddress = "MacAddress"
        case driverOpts = "DriverOpts"
        case gwPriority = "GwPriority"
        case networkID = "NetworkID"
        case endpointID = "EndpointID"
        case gateway = "Gateway"
        case ipAddress = "IPAddress"
        case ipPrefixLen = "IPPrefixLen"
        case ipv6Gateway = "IPv6Gateway"
        case globalIPv6Address = "GlobalIPv6Address"
        case globalIPv6PrefixLen = "GlobalIPv6PrefixLen"
        case dnsNames = "DNSNames"
    }
}
