/// A weight of a block device.
package struct WeightDevice: Codable, Equatable, Sendable {
    @Zero package var path: String
    @Zero package var weight: UInt16

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case path = "Path"
        case weight = "Weight"
    }
}
