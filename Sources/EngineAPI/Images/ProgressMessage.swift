/// One line of progress of a pull or load.
package struct ProgressMessage: Codable, Equatable, Sendable {
    package var stream: String?
    package var status: String?
    package var progressDetail: ProgressDetail?
    package var progress: String?
    package var id: String?
    package var errorDetail: ProgressError?
    package var error: String?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case stream
        case status
        case progressDetail
        case progress
        case id
        case errorDetail
        case error
    }
}
