/// A container in a network.
package struct NetworkContainer: Codable, Equatable, Sendable {
    @Zero package var name: String
    @Zero package var endpointID: String
    @Zero package var macAddress: String
    @Zero package var ipv4Address: String
    @Zero package var ipv6Address: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case endpointID = "EndpointID"
        case macAddress = "MacAddress"
        case ipv4Address = "IPv4Address"
        case ipv6Address = "IPv6Address"
    }
}
