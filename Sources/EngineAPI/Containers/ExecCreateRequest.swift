/// The body of `POST /containers/{id}/exec`.
package struct ExecCreateRequest: Codable, Equatable, Sendable {
    @Zero package var user: String
    @Zero package var privileged: Bool
    @Zero package var tty: Bool
    package var consoleSize: [Int]?
    @Zero package var attachStdin: Bool
    @Zero package var attachStderr: Bool
    @Zero package var attachStdout: Bool
    @Zero package var detachKeys: String
    @Nullable package var env: [String]?
    @Zero package var workingDir: String
    @StringSlice package var cmd: [String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case user = "User"
        case privileged = "Privileged"
        case tty = "Tty"
        case consoleSize = "ConsoleSize"
        case attachStdin = "AttachStdin"
        case attachStderr = "AttachStderr"
        case attachStdout = "AttachStdout"
        case detachKeys = "DetachKeys"
        case env = "Env"
        case workingDir = "WorkingDir"
        case cmd = "Cmd"
    }
}
