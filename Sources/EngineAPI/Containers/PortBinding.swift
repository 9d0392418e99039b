/// One host address that a container's port is published on.
package struct PortBinding: Codable, Equatable, Sendable {
    @Zero package var hostIP: String
    @Zero package var hostPort: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case hostIP = "HostIp"
        case hostPort = "HostPort"
    }
}
