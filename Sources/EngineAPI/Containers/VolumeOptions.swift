/// The options of a volume mount.
package struct VolumeOptions: Codable, Equatable, Sendable {
    package var noCopy: Bool?
    package var labels: [String: String]?
    package var subpath: String?
    package var driverConfig: VolumeDriverConfig?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case noCopy = "NoCopy"
        case labels = "Labels"
        case subpath = "Subpath"
        case driverConfig = "DriverConfig"
    }
}
