/// Where a container's output goes.
package struct LogConfig: Codable, Equatable, Sendable {
    @Zero package var type: String
    @Nullable package var config: [String: String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case type = "Type"
        case config = "Config"
    }
}

extension LogConfig: ZeroValue {
    package static var zero: LogConfig { LogConfig() }
}
