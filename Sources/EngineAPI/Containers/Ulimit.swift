/// A resource limit of a process.
package struct Ulimit: Codable, Equatable, Sendable {
    @Zero package var name: String
    @Zero package var hard: Int64
    @Zero package var soft: Int64

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case hard = "Hard"
        case soft = "Soft"
    }
}
