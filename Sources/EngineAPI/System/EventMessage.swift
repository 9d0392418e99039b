/// Something that happened, as `GET /events` streams it.
package struct EventMessage: Codable, Equatable, Sendable {
    package var status: String?
    package var id: String?
    package var from: String?
    @Zero package var type: String
    @Zero package var action: String
    @Zero package var actor: EventActor
    package var scope: String?
    package var time: Int64?
    package var timeNano: Int64?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case status
        case id
        case from
        case type = "Type"
        case action = "Action"
        case actor = "Actor"
        case scope
        case time
        case timeNano
    }
}
