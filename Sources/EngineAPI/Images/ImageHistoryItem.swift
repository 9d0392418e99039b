/// One step of an image's history.
package struct ImageHistoryItem: Codable, Equatable, Sendable {
    @Zero package var id: String
    @Zero package var created: Int64
    @Zero package var createdBy: String
    @Nullable package var tags: [String]?
    @Zero package var size: Int64
    @Zero package var comment: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case created = "Created"
        case createdBy = "CreatedBy"
        case tags = "Tags"
        case size = "Size"
        case comment = "Comment"
    }
}
