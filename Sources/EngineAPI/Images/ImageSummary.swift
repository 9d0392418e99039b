/// One line of `GET /images/json`.
package struct ImageSummary: Codable, Equatable, Sendable {
    @Zero package var containers: Int64
    @Zero package var created: Int64
    @Zero package var id: String
    @Nullable package var labels: [String: String]?
    @Zero package var parentID: String
    @Zero package var repoDigests: [String]
    @Zero package var repoTags: [String]
    @Zero package var sharedSize: Int64
    @Zero package var size: Int64
    package var virtualSize: Int64?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case containers = "Containers"
        case created = "Created"
        case id = "Id"
        case labels = "Labels"
        case parentID = "ParentId"
        case repoDigests = "RepoDigests"
        case repoTags = "RepoTags"
        case sharedSize = "SharedSize"
        case size = "Size"
        case virtualSize = "VirtualSize"
    }
}
