/// One step of an image's deletion.
package struct ImageDeleteResponseItem: Codable, Equatable, Sendable {
    package var untagged: String?
    package var deleted: String?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case untagged = "Untagged"
        case deleted = "Deleted"
    }
}
