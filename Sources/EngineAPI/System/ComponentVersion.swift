/// The version of one of the engine's programs.
package struct ComponentVersion: Codable, Equatable, Sendable {
    @Zero package var name: String
    @Zero package var version: String
    package var details: [String: String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case version = "Version"
        case details = "Details"
    }
}
