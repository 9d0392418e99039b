/// An answer that is an id.
package struct IDResponse: Codable, Equatable, Sendable {
    @Zero package var id: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
    }
}
