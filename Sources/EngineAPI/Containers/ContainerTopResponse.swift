/// The answer of `GET /containers/{id}/top`.
package struct ContainerTopResponse: Codable, Equatable, Sendable {
    @Zero package var titles: [String]
    @Zero package var processes: [[String]]

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case titles = "Titles"
        case processes = "Processes"
    }
}
