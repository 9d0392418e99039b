/// The networks of a summary.
package struct SummaryNetworkSettings: Codable, Equatable, Sendable {
    @Zero package var networks: [String: EndpointSettings]

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case networks = "Networks"
    }
}

extension SummaryNetworkSettings: ZeroValue {
    package static var zero: SummaryNetworkSettings { SummaryNetworkSettings() }
}
