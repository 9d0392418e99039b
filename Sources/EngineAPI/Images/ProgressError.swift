/// Why a streamed operation failed.
package struct ProgressError: Codable, Equatable, Sendable {
    package var code: Int?
    package var message: String?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case code
        case message
    }
}
