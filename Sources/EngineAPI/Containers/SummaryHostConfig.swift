/// The part of HostConfig that a summary tells.
package struct SummaryHostConfig: Codable, Equatable, Sendable {
    @Zero package var networkMode: String
    package var annotations: [String: String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case networkMode = "NetworkMode"
        case annotations = "Annotations"
    }
}

extension SummaryHostConfig: ZeroValue {
    package static var zero: SummaryHostConfig { SummaryHostConfig() }
}
