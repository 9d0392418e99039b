/// The state of a health check.
package struct Health: Codable, Equatable, Sendable {
    @Zero package var status: String
    @Zero package var failingStreak: Int
    @Nullable package var log: [HealthcheckResult]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case status = "Status"
        case failingStreak = "FailingStreak"
        case log = "Log"
    }
}
