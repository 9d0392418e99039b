/// What an event happened to.
package struct EventActor: Codable, Equatable, Sendable {
    @Zero package var id: String
    @Zero package var attributes: [String: String]

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case id = "ID"
        case attributes = "Attributes"
    }
}

extension EventActor: ZeroValue {
    package static var zero: EventActor { EventActor() }
}
