/// The driver of a volume made by a mount.
package struct VolumeDriverConfig: Codable, Equatable, Sendable {
    package var name: String?
    package var options: [String: String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case options = "Options"
    }
}
