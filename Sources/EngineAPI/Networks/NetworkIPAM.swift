/// How a network gives out addresses.
package struct NetworkIPAM: Codable, Equatable, Sendable {
    @Zero package var driver: String
    @Nullable package var options: [String: String]?
    @Zero package var config: [IPAMPool]

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case driver = "Driver"
        case options = "Options"
        case config = "Config"
    }
}

extension NetworkIPAM: ZeroValue {
    package static var zero: NetworkIPAM { NetworkIPAM() }
}
