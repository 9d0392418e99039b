/// One run of a health check.
package struct HealthcheckResult: Codable, Equatable, Sendable {
    @Zero package var start: String
    @Zero package var end: String
    @Zero package var exitCode: Int
    @Zero package var output: String

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case start = "Start"
        case end = "End"
        case exitCode = "ExitCode"
        case output = "Output"
    }
}
