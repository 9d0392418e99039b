/// The body of every failed request.
package struct ErrorResponse: Codable, Equatable, Sendable {
    @Zero package var message: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case message
    }
}
