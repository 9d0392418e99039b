/// How far a step of a pull has come, in bytes.
package struct ProgressDetail: Codable, Equatable, Sendable {
    package var current: Int64?
    package var total: Int64?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case current
        case total
    }
}
