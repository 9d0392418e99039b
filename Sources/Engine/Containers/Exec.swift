import EngineAPI

/// A process that was added to a container.
final class Exec: Sendable {
    let id: String
    let containerID: String
    let request: ExecCreateRequest
    private let status = StateBox()

    struct Status: Sendable, Equatable {
        var hasStarted = false
        var isRunning = false
        var pid = 0
        var exitCode: Int?
    }

    init(containerID: String, request: ExecCreateRequest) {
        id = ContainerID.random()
        self.containerID = containerID
        self.request = request
    }

    var current: Status { status.value }

    /// Marks it as started; false when it was already.
    func claimStart() -> Bool { status.claimStart() }

    func started(pid: Int) {
        status.update {
            $0.pid = pid; $0.isRunning = $0.exitCode == nil
        }
    }

    func ended(code: Int) { status.end(code: code) }

    /// The container is gone, and with it this process, whose own exit may never be told.
    func containerEnded() {
        if current.hasStarted, current.exitCode == nil { status.end(code: 137) }
    }

    func waitForEnd() async { await status.waitForEnd() }

    func describe() -> ExecInspect {
        let status = current
        var inspect = ExecInspect()
        inspect.id = id
        inspect.running = status.isRunning
        inspect.exitCode = status.exitCode
        inspect.processConfig.tty = request.tty
        inspect.processConfig.entrypoint = request.cmd?.first ?? ""
        inspect.processConfig.arguments = Array((request.cmd ?? []).dropFirst())
        inspect.processConfig.privileged = request.privileged
        if !request.user.isEmpty { inspect.processConfig.user = request.user }
        inspect.openStdin = request.attachStdin
        inspect.openStdout = request.attachStdout
        inspect.openStderr = request.attachStderr
        inspect.canRemove = status.exitCode != nil
        inspect.containerID = containerID
        inspect.pid = status.pid
        return inspect
    }
}
