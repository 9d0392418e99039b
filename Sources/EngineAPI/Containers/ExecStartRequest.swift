/// The body of `POST /exec/{id}/start`.
package struct ExecStartRequest: Codable, Equatable, Sendable {
    @Zero package var detach: Bool
    @Zero package var tty: Bool
    package var consoleSize: [Int]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case detach = "Detach"
        case tty = "Tty"
        case consoleSize = "ConsoleSize"
    }
}
