import CLinux
import EngineAPI
import Glibc
import LinuxSystem
import OCISpec
import SupervisorClient
import TTRPC

extension Container {
    private static let finishedExecs = 64

    func createExec(_ request: ExecCreateRequest) throws(EngineError) -> Exec {
        guard let command = request.cmd, !command.isEmpty else {
            throw EngineError(.invalidParameter, "no exec command specified")
        }
        try checkExecutable()
        let exec = Exec(containerID: id, request: request)
        execs[exec.id] = exec
        return exec
    }

    private func checkExecutable() throws(EngineError) {
        if case .waitingToRestart = state {
            throw EngineError(.conflict, "container \(id) is restarting, wait until the container is running")
        }
        let run = try requireRun()
        guard !run.isPaused else {
            throw EngineError(.conflict, "container \(record.name) is paused, unpause the container before exec")
        }
    }

    /// Adds the process to the container, not yet running, and answers the socket of its streams.
    func prepare(_ exec: Exec, size: [Int]?) async throws -> String {
        try checkExecutable()
        let run = try requireRun()
        guard exec.claimStart() else {
            let ended = exec.current.exitCode != nil
            throw EngineError(
                ended ? .notFound : .conflict,
                ended ? "exec command \(exec.id) has already run" : "exec command \(exec.id) is already running")
        }
        do {
            let process = try await process(of: exec, run: run)
            var request = SupervisorClient.ExecRequest()
            request.namespace = SupervisorLink.namespace
            request.id = id
            request.execID = exec.id
            request.process = .init(try OCIJSON.encode(process))
            request.stdio.terminal = exec.request.tty
            request.stdio.stdin = exec.request.attachStdin
            if let size = size ?? exec.request.consoleSize, size.count == 2 {
                request.stdio.height = UInt32(clamping: size[0])
                request.stdio.width = UInt32(clamping: size[1])
            }
            return try await dependencies.supervisor.client().exec(request).attachSocket
        } catch {
            throw await failed(exec, error)
        }
    }

    func start(_ exec: Exec) async throws {
        var request = SupervisorClient.StartRequest()
        request.namespace = SupervisorLink.namespace
        request.id = id
        request.execID = exec.id
        do {
            let started = try await dependencies.supervisor.client().start(request)
            exec.started(pid: Int(started.pid))
            await publish("exec_start: " + (exec.request.cmd ?? []).joined(separator: " "), ["execID": exec.id])
        } catch {
            throw await failed(exec, error)
        }
    }

    func execEnded(_ execID: String, code: Int) async {
        guard let exec = execs[execID] else { return }
        exec.ended(code: code)
        await publish("exec_die", ["execID": execID, "exitCode": "\(code)"])
        await discard(execID)
        // The ids of ended processes can be asked for a while.
        let ended = execs.values.filter { $0.current.exitCode != nil }
        guard ended.count > Self.finishedExecs else { return }
        for exec in ended where exec.id != execID { execs[exec.id] = nil }
    }

    private func failed(_ exec: Exec, _ cause: any Error) async -> EngineError {
        let failure = StartFailure(cause)
        exec.ended(code: failure.exitCode)
        await discard(exec.id)
        guard let error = cause as? RPCError else { return EngineError(failure.kind, failure.message) }
        return EngineError(failure.kind, "OCI runtime exec failed: \(error.message)")
    }

    private func discard(_ execID: String) async {
        var request = SupervisorClient.DeleteRequest()
        request.namespace = SupervisorLink.namespace
        request.id = id
        request.execID = execID
        request.force = true
        do {
            _ = try await dependencies.supervisor.client().delete(request)
        } catch let error as RPCError where error.code == .notFound {
            return
        } catch {
            dependencies.logger.error("cannot remove process \(execID) of container \(id): \(error)")
        }
    }

    private func process(of exec: Exec, run: Run) async throws -> OCISpec.Process {
        let asked = exec.request
        var input = ExecInput(
            config: record.config, hostConfig: record.hostConfig, arguments: asked.cmd ?? [])
        input.environment = asked.env ?? []
        input.user = asked.user
        input.workingDirectory = asked.workingDir
        input.terminal = asked.tty
        input.privileged = asked.privileged
        input.defaultUlimits = dependencies.configuration.defaultUlimits
        let specs = dependencies.specs
        let prepared = input
        return try await dependencies.work.run {
            let root = try Descriptor.open("/proc/\(run.pid)/root", Int32(LINUX_O_PATH) | O_DIRECTORY)
            var input = prepared
            input.rootDescriptor = root.rawValue
            return try specs.execProcess(input)
        }
    }
}
