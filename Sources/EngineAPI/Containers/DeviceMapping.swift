/// A host device given to a container.
package struct DeviceMapping: Codable, Equatable, Sendable {
    @Zero package var pathOnHost: String
    @Zero package var pathInContainer: String
    @Zero package var cgroupPermissions: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case pathOnHost = "PathOnHost"
        case pathInContainer = "PathInContainer"
        case cgroupPermissions = "CgroupPermissions"
    }
}
