/// The answer of `POST /volumes/prune`.
package struct VolumesPruneResponse: Codable, Equatable, Sendable {
    @Nullable package var volumesDeleted: [String]?
    @Zero package var spaceReclaimed: Int64

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case volumesDeleted = "VolumesDeleted"
        case spaceReclaimed = "SpaceReclaimed"
    }
}
