/// Why waiting failed.
package struct WaitError: Codable, Equatable, Sendable {
    @Zero package var message: String

    package init(message: String = "") { self.message = message }

    private enum CodingKeys: String, CodingKey {
        case message = "Message"
    }
}
