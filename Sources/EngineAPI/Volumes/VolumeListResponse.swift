/// What `GET /volumes` answers.
package struct VolumeListResponse: Codable, Equatable, Sendable {
    @Zero package var volumes: [Volume]
    @Nullable package var warnings: [String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case volumes = "Volumes"
        case warnings = "Warnings"
    }
}
