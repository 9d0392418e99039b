/// Whether and how often a container is started again after it ended.
package struct RestartPolicy: Codable, Equatable, Sendable {
    @Zero package var name: String
    @Zero package var maximumRetryCount: Int

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case maximumRetryCount = "MaximumRetryCount"
    }
}

extension RestartPolicy: ZeroValue {
    package static var zero: RestartPolicy { RestartPolicy() }
}
