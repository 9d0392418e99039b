/// The answer to a container's creation.
package struct ContainerCreateResponse: Codable, Equatable, Sendable {
    @Zero package var id: String
    @Zero package var warnings: [String]

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case warnings = "Warnings"
    }
}
