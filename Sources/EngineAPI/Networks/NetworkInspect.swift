/// What `GET /networks/{id}` answers.
package struct NetworkInspect: Codable, Equatable, Sendable {
    @Zero package var name: String
    @Zero package var id: String
    @Zero package var created: String
    @Zero package var scope: String
    @Zero package var driver: String
    @Zero package var enableIPv4: Bool
    @Zero package var enableIPv6: Bool
    @Zero package var ipam: NetworkIPAM
    @Zero package var isInternal: Bool
    @Zero package var attachable: Bool
    @Zero package var ingress: Bool
    @Zero package var configFrom: ConfigReference
    @Zero package var configOnly: Bool
    @Zero package var containers: [String: NetworkContainer]
    @Zero package var options: [String: String]
    @Zero package var labels: [String: String]

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case id = "Id"
        case created = "Created"
        case scope = "Scope"
        case driver = "Driver"
        case enableIPv4 = "EnableIPv4"
        case enableIPv6 = "EnableIPv6"
        case ipam = "IPAM"
        case isInternal = "Internal"
        case attachable = "Attachable"
        case ingress = "Ingress"
        case configFrom = "ConfigFrom"
        case configOnly = "ConfigOnly"
        case containers = "Containers"
        case options = "Options"
        case labels = "Labels"
    }
}
