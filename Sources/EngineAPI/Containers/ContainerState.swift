/// A container's state as the API tells it.
package struct ContainerState: Codable, Equatable, Sendable {
    @Zero package var status: String
    @Zero package var running: Bool
    @Zero package var paused: Bool
    @Zero package var restarting: Bool
    @Zero package var oomKilled: Bool
    @Zero package var dead: Bool
    @Zero package var pid: Int
    @Zero package var exitCode: Int
    @Zero package var error: String
    @Zero package var startedAt: String
    @Zero package var finishedAt: String
    package var health: Health?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case status = "Status"
        case running = "Running"
        case paused = "Paused"
        case restarting = "Restarting"
        case oomKilled = "OOMKilled"
        case dead = "Dead"
        case pid = "Pid"
        case exitCode = "ExitCode"
        case error = "Error"
        case startedAt = "StartedAt"
        case finishedAt = "FinishedAt"
        case health = "Health"
    }
}

extension ContainerState: ZeroValue {
    package static var zero: ContainerState { ContainerState() }
}
