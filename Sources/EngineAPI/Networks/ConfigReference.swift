/// The network whose configuration another one uses.
package struct ConfigReference: Codable, Equatable, Sendable {
    @Zero package var network: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case network = "Network"
    }
}

extension ConfigReference: ZeroValue {
    package static var zero: ConfigReference { ConfigReference() }
}
