internal import LinuxSystem
internal import SupervisorProtocol
internal import SwiftProtobuf
internal import TTRPC

/// Signals, freezing, limits and questions.
extension SupervisedTask {
    func kill(_ execID: String, signal: UInt32, all: Bool) async throws {
        let client = try client()
        guard try process(execID).state.exit == nil else {
            throw SupervisorError.notFound("process has ended")
        }
        try await client.kill(execID, signal: signal, all: all)
        // The shim thaws what it kills, since a frozen process would not die.
        if signal == 9, execID.isEmpty { isPaused = false }
    }

    func pause() async throws {
        try await runningClient().pause()
        isPaused = true
        await environment.events.publish(key, .paused)
    }

    func resume() async throws {
        try await runningClient().resume()
        isPaused = false
        await environment.events.publish(key, .resumed)
    }

    func update(_ resources: [UInt8]) async throws { try await client().update(resources) }

    func checkpoint(_ request: Skiff_Supervisor_V1_CheckpointRequest) async throws {
        guard request.path.hasPrefix("/") else {
            throw SupervisorError.invalid("the checkpoint's path \"\(request.path)\" is not absolute")
        }
        try await runningClient().checkpoint(
            to: request.path, workPath: request.workPath, exit: request.exit)
    }

    func pids() async throws -> [UInt32] { try await runningClient().pids() }

    func resize(_ execID: String, width: UInt32, height: UInt32) async throws {
        _ = try process(execID)
        try await client().resize(execID, width: width, height: height)
    }

    func closeInput(_ execID: String) async throws {
        _ = try process(execID)
        try await client().closeInput(execID)
    }

    func stats() async throws -> Google_Protobuf_Any { try await client().stats() }

    func attachSocket(_ execID: String) throws -> String {
        _ = try process(execID)
        guard !attachSocket.isEmpty else {
            throw SupervisorError.state("the shim \(record.shim) serves no attach clients")
        }
        return attachSocket
    }

    /// What is known about a process; the container's own has its other processes in it.
    func info(_ execID: String) throws -> Skiff_Supervisor_V1_TaskInfo {
        var info = info(execID, try process(execID).state)
        guard execID.isEmpty else { return info }
        info.bundle = bundle.path
        info.runtime = record.runtime
        info.labels = record.labels
        info.oomKilled = record.oomKilled
        info.createdAt = record.createdAt.timestamp
        for (id, process) in processes.sorted(by: { $0.key < $1.key }) where !id.isEmpty {
            info.execs.append(self.info(id, process.state))
        }
        return info
    }

    /// The task as if it had a container's record.
    func container() throws -> Skiff_Supervisor_V1_Container {
        let spec = try File.read("\(bundle.path)/config.json", limit: 16 << 20)
        return .with {
            $0.namespace = key.namespace
            $0.id = key.id
            $0.labels = record.labels
            $0.shim = record.isOwnShim ? "" : record.shim
            $0.runtime = record.runtime
            $0.spec = .init(spec)
            $0.createdAt = record.createdAt.timestamp
            $0.updatedAt = record.createdAt.timestamp
        }
    }

    private func info(_ execID: String, _ state: ProcessState) -> Skiff_Supervisor_V1_TaskInfo {
        var info = Skiff_Supervisor_V1_TaskInfo()
        info.namespace = key.namespace
        info.id = key.id
        info.execID = execID
        info.pid = state.pid
        if let since = state.startedAt { info.startedAt = since.timestamp }
        switch state {
        case .created, .starting: info.status = .created
        case .running: info.status = isPaused && execID.isEmpty ? .paused : .running
        case .stopped(_, _, let exit):
            info.status = .stopped
            info.exitStatus = exit.status
            info.exitedAt = exit.at.timestamp
        }
        return info
    }

    private func runningClient() throws -> ShimClient {
        guard case .running = try process("").state else {
            throw SupervisorError.state("container \(key.id) is not running")
        }
        return try client()
    }
}
