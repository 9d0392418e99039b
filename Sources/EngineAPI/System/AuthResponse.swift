/// The answer of `POST /auth`.
package struct AuthResponse: Codable, Equatable, Sendable {
    @Zero package var status: String
    @Zero package var identityToken: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case status = "Status"
        case identityToken = "IdentityToken"
    }
}
