/// The answer of `POST /containers/prune`.
package struct ContainersPruneResponse: Codable, Equatable, Sendable {
    @Nullable package var containersDeleted: [String]?
    @Zero package var spaceReclaimed: Int64

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case containersDeleted = "ContainersDeleted"
        case spaceReclaimed = "SpaceReclaimed"
    }
}
