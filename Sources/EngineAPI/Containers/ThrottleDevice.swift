/// A rate limit of a block device.
package struct ThrottleDevice: Codable, Equatable, Sendable {
    @Zero package var path: String
    @Zero package var rate: UInt64

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case path = "Path"
        case rate = "Rate"
    }
}
