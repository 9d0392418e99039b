/// The networks that a new container joins.
package struct NetworkingConfig: Codable, Equatable, Sendable {
    @Nullable package var endpointsConfig: [String: EndpointSettings]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case endpointsConfig = "EndpointsConfig"
    }
}
