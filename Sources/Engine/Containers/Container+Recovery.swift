import EngineAPI
import Networking
import SupervisorClient

extension Container {
    /// What a container that outlived the engine or the supervisor turns out to be.
    enum Found: Sendable {
        case running
        case ended
        case idle
        /// A removal that was begun, or an end with `--rm`.
        case toRemove
    }

    /// Compares what is remembered with the task that the supervisor has, if it has one.
    func reconcile(with task: SupervisorClient.TaskInfo?) async -> Found {
        if case .starting = state { return .running }
        if record.phase == .removing, case .idle = state { return .toRemove }
        guard let task else { return await lost() }
        switch task.status {
        case .running, .paused:
            await adopt(task)
            return .running
        case .stopped:
            guard isRunning || record.phase == .running || record.phase == .paused else {
                await discardTask()
                return idle()
            }
            state = .running(Run(pid: Int(task.pid), attachSocket: "", isPaused: false))
            record.oomKilled = record.oomKilled || task.oomKilled
            await ended(
                ContainerExit(
                    pid: Int(task.pid), code: Int(task.exitStatus),
                    at: Timestamp(seconds: task.exitedAt.seconds, nanoseconds: Int64(task.exitedAt.nanos))))
            return .ended
        default:
            // Made but never started: the engine was killed in between.
            await discardTask()
            await detachNetwork()
            return idle()
        }
    }

    private func idle() -> Found {
        if record.phase == .running || record.phase == .paused { record.phase = .exited }
        return record.phase == .exited && record.hostConfig.autoRemove ? .toRemove : .idle
    }

    /// The supervisor knows nothing of it.
    private func lost() async -> Found {
        let believedRunning = isRunning || record.phase == .running || record.phase == .paused
        guard believedRunning else { return idle() }
        dependencies.logger.warning("container \(id) is gone, and its exit code with it")
        let pid = run?.pid ?? record.pid
        state = .running(Run(pid: pid, attachSocket: "", isPaused: false))
        await ended(ContainerExit(pid: pid, code: 255, at: .now))
        return .ended
    }

    private func adopt(_ task: SupervisorClient.TaskInfo) async {
        if let run, run.pid == Int(task.pid) { return }
        if logEnd.isRaised { logEnd = LogStopSignal() }
        var socket = ""
        do {
            socket = try await dependencies.supervisor.client().attach(request()).socket
        } catch {
            dependencies.logger.error("cannot find the streams of container \(id): \(error)")
        }
        let isPaused = task.status == .paused
        state = .running(Run(pid: Int(task.pid), attachSocket: socket, isPaused: isPaused))
        record.pid = Int(task.pid)
        record.phase = isPaused ? .paused : .running
        record.startedAt = Timestamp(
            seconds: task.startedAt.seconds, nanoseconds: Int64(task.startedAt.nanos))
        if record.endpoint == nil, let bridge = dependencies.networks.bridge {
            record.endpoint = await bridge.endpoints[id]
        }
        await saveOrLog()
    }

    /// Whether the restart policy starts it when the daemon starts.
    var startsWithDaemon: Bool {
        guard case .idle = state, record.phase != .created else { return false }
        switch record.hostConfig.restartPolicy.name {
        case "always": return true
        case "unless-stopped": return !record.stoppedByUser
        default: return record.phase == .restarting
        }
    }
}
