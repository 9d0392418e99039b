/// The program of an exec.
package struct ExecProcessConfig: Codable, Equatable, Sendable {
    @Zero package var tty: Bool
    @Zero package var entrypoint: String
    @Zero package var arguments: [String]
    package var privileged: Bool?
    package var user: String?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case tty
        case entrypoint
        case arguments
        case privileged
        case user
    }
}

extension ExecProcessConfig: ZeroValue {
    package static var zero: ExecProcessConfig { ExecProcessConfig() }
}
