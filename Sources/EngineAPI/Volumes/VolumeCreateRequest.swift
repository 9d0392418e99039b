/// The body of `POST /volumes/create`.
package struct VolumeCreateRequest: Codable, Equatable, Sendable {
    @Zero package var name: String
    @Zero package var driver: String
    @Nullable package var driverOpts: [String: String]?
    @Nullable package var labels: [String: String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case driver = "Driver"
        case driverOpts = "DriverOpts"
        case labels = "Labels"
    }
}
