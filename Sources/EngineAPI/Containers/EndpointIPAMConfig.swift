/// The addresses asked for in a network.
package struct EndpointIPAMConfig: Codable, Equatable, Sendable {
    package var ipv4Address: String?
    package var ipv6Address: String?
    package var linkLocalIPs: [String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case ipv4Address = "IPv4Address"
        case ipv6Address = "IPv6Address"
        case linkLocalIPs = "LinkLocalIPs"
    }
}
