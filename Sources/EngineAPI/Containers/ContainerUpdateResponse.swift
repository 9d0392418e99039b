/// The body of `POST /containers/{id}/update`.
package struct ContainerUpdateResponse: Codable, Equatable, Sendable {
    @Nullable package var warnings: [String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case warnings = "Warnings"
    }
}
