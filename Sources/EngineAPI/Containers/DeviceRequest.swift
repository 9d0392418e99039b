/// A request for devices of a driver, such as GPUs.
package struct DeviceRequest: Codable, Equatable, Sendable {
    @Zero package var driver: String
    @Zero package var count: Int
    @Nullable package var deviceIDs: [String]?
    @Nullable package var capabilities: [[String]]?
    @Nullable package var options: [String: String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case driver = "Driver"
        case count = "Count"
        case deviceIDs = "DeviceIDs"
        case capabilities = "Capabilities"
        case options = "Options"
    }
}
