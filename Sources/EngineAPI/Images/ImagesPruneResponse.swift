/// The answer of `POST /images/prune`.
package struct ImagesPruneResponse: Codable, Equatable, Sendable {
    @Nullable package var imagesDeleted: [ImageDeleteResponseItem]?
    @Zero package var spaceReclaimed: Int64

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case imagesDeleted = "ImagesDeleted"
        case spaceReclaimed = "SpaceReclaimed"
    }
}
