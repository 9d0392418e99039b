/// The plugins an engine has, by kind.
package struct PluginsInfo: Codable, Equatable, Sendable {
    @Nullable package var volume: [String]?
    @Nullable package var network: [String]?
    @Nullable package var authorization: [String]?
    @Nullable package var log: [String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case volume = "Volume"
        case network = "Network"
        case authorization = "Authorization"
        case log = "Log"
    }
}

extension PluginsInfo: ZeroValue {
    package static var zero: PluginsInfo { PluginsInfo() }
}
