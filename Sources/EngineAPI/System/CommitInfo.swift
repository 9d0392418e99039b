/// The build of a component.
package struct CommitInfo: Codable, Equatable, Sendable {
    @Zero package var id: String
    @Zero package var expected: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case id = "ID"
        case expected = "Expected"
    }
}

extension CommitInfo: ZeroValue {
    package static var zero: CommitInfo { CommitInfo() }
}
