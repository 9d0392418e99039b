/// The body of `POST /auth`, and of the `X-Registry-Auth` header.
package struct AuthConfiguration: Codable, Equatable, Sendable {
    package var username: String?
    package var password: String?
    package var auth: String?
    package var email: String?
    package var serverAddress: String?
    package var identityToken: String?
    package var registryToken: String?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case username
        case password
        case auth
        case email
        case serverAddress = "serveraddress"
        case identityToken = "identitytoken"
        case registryToken = "registrytoken"
    }
}
