/// A mount that a container has.
package struct MountPoint: Codable, Equatable, Sendable {
    package var type: String?
    package var name: String?
    @Zero package var source: String
    @Zero package var destination: String
    package var driver: String?
    @Zero package var mode: String
    @Zero package var rw: Bool
    @Zero package var propagation: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case type = "Type"
        case name = "Name"
        case source = "Source"
        case destination = "Destination"
        case driver = "Driver"
        case mode = "Mode"
        case rw = "RW"
        case propagation = "Propagation"
    }
}
