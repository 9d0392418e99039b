/// What `GET /exec/{id}/json` answers.
package struct ExecInspect: Codable, Equatable, Sendable {
    @Zero package var id: String
    @Zero package var running: Bool
    @Nullable package var exitCode: Int?
    @Zero package var processConfig: ExecProcessConfig
    @Zero package var openStdin: Bool
    @Zero package var openStderr: Bool
    @Zero package var openStdout: Bool
    @Zero package var canRemove: Bool
    @Zero package var containerID: String
    @Zero package var detachKeys: String
    @Zero package var pid: Int

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case id = "ID"
        case running = "Running"
        case exitCode = "ExitCode"
        case processConfig = "ProcessConfig"
        case openStdin = "OpenStdin"
        case openStderr = "OpenStderr"
        case openStdout = "OpenStdout"
        case canRemove = "CanRemove"
        case containerID = "ContainerID"
        case detachKeys = "DetachKeys"
        case pid = "Pid"
    }
}
