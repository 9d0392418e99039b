/// An address range of a network.
package struct IPAMPool: Codable, Equatable, Sendable {
    package var subnet: String?
    package var ipRange: String?
    package var gateway: String?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case subnet = "Subnet"
        case ipRange = "IPRange"
        case gateway = "Gateway"
    }
}
