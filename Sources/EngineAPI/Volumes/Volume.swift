/// A volume.
package struct Volume: Codable, Equatable, Sendable {
    package var createdAt: String?
    @Zero package var driver: String
    @Nullable package var labels: [String: String]?
    @Zero package var mountpoint: String
    @Zero package var name: String
    @Nullable package var options: [String: String]?
    @Zero package var scope: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case createdAt = "CreatedAt"
        case driver = "Driver"
        case labels = "Labels"
        case mountpoint = "Mountpoint"
        case name = "Name"
        case options = "Options"
        case scope = "Scope"
    }
}
