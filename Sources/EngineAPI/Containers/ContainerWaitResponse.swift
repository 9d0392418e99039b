/// The answer of `POST /containers/{id}/wait`.
package struct ContainerWaitResponse: Codable, Equatable, Sendable {
    @Zero package var statusCode: Int
    package var error: WaitError?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case statusCode = "StatusCode"
        case error = "Error"
    }
}
