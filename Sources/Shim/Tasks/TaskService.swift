internal import Cgroups
internal import Glibc
internal import LinuxSystem
internal import SwiftProtobuf
internal import TTRPC
internal import TaskProtocol

/// `containerd.task.v2.Task` (and v3, which has the same messages): decodes a call, hands it to its container, answers.
final class TaskService {
    private typealias Responder = SynchronousServer.Responder
    private typealias Method = @Sendable (TaskService, IncomingCall, Responder) throws -> Void

    private static let names: Set<String> = ["containerd.task.v2.Task", "containerd.task.v3.Task"]
    private static let methods: [String: Method] = [
        "State": { try $0.state($1.decoded(), $2) },
        "Create": { try $0.create($1.decoded(), $2) },
        "Start": { try $0.start($1.decoded(), $2) },
        "Delete": { try $0.delete($1.decoded(), $2) },
        "Pids": { try $0.pids($1.decoded(), $2) },
        "Pause": { try $0.pause($1.decoded(), $2) },
        "Resume": { try $0.resume($1.decoded(), $2) },
        "Checkpoint": { try $0.checkpoint($1.decoded(), $2) },
        "Kill": { try $0.kill($1.decoded(), $2) },
        "Exec": { try $0.exec($1.decoded(), $2) },
        "ResizePty": { try $0.resize($1.decoded(), $2) },
        "CloseIO": { try $0.closeIO($1.decoded(), $2) },
        "Update": { try $0.update($1.decoded(), $2) },
        "Wait": { try $0.wait($1.decoded(), $2) },
        "Stats": { try $0.stats($1.decoded(), $2) },
        "Connect": { try $0.connect($1.decoded(), $2) },
        "Shutdown": { try $0.shutdown($1.decoded(), $2) },
    ]

    private let tasks: TaskTable
    /// Called when the shim has been asked to end.
    private let onShutdown: () -> Void

    init(tasks: TaskTable, onShutdown: @escaping () -> Void) {
        self.tasks = tasks
        self.onShutdown = onShutdown
    }

    func handle(_ call: IncomingCall, _ responder: SynchronousServer.Responder) {
        guard TaskService.names.contains(call.service) else {
            return responder.fail(RPCError(.unimplemented, "service \(call.service) is not known here"))
        }
        guard let method = TaskService.methods[call.method] else {
            return responder.fail(RPCError(.unimplemented, "method \(call.method) is not known in \(call.service)"))
        }
        do {
            try method(self, call, responder)
        } catch {
            responder.fail(TaskService.rpcError(error))
        }
    }

    private static func rpcError(_ error: any Error) -> RPCError {
        switch error {
        case let error as ShimError: error.rpcError
        case let error as RPCError: error
        default: RPCError(.unknown, "\(error)")
        }
    }

    private func answer(_ responder: Responder) -> (Result<Void, ShimError>) -> Void {
        { result in
            switch result {
            case .success: responder.succeed(Google_Protobuf_Empty())
            case .failure(let error): responder.fail(error.rpcError)
            }
        }
    }

    // MARK: Life

    private func create(_ request: Containerd_Task_V2_CreateTaskRequest, _ responder: Responder) {
        tasks.create(request) { result in
            switch result {
            case .success(let pid):
                responder.succeed(Containerd_Task_V2_CreateTaskResponse.with { $0.pid = UInt32(pid) })
            case .failure(let error): responder.fail(error.rpcError)
            }
        }
    }

    private func start(_ request: Containerd_Task_V2_StartRequest, _ responder: Responder) throws {
        try tasks.task(request.id).start(request.execID) { result in
            switch result {
            case .success(let pid): responder.succeed(Containerd_Task_V2_StartResponse.with { $0.pid = UInt32(pid) })
            case .failure(let error): responder.fail(error.rpcError)
            }
        }
    }

    private func exec(_ request: Containerd_Task_V2_ExecProcessRequest, _ responder: Responder) throws {
        try tasks.task(request.id).exec(request)
        responder.succeed(Google_Protobuf_Empty())
    }

    private func delete(_ request: Containerd_Task_V2_DeleteRequest, _ responder: Responder) {
        tasks.delete(request.id, request.execID) { result in
            switch result {
            case .success(let exit):
                var response = Containerd_Task_V2_DeleteResponse()
                response.pid = exit.pid
                response.exitStatus = exit.status
                response.exitedAt = exit.timestamp
                responder.succeed(response)
            case .failure(let error):
                responder.fail(error.rpcError)
            }
        }
    }

    private func kill(_ request: Containerd_Task_V2_KillRequest, _ responder: Responder) throws {
        guard request.signal <= 64 else { throw ShimError.invalid("bad signal \(request.signal)") }
        try tasks.task(request.id).kill(
            request.execID, signal: Int32(request.signal), all: request.all, completion: answer(responder))
    }

    private func wait(_ request: Containerd_Task_V2_WaitRequest, _ responder: Responder) throws {
        try tasks.task(request.id).process(request.execID).wait(
            { exit in
                var response = Containerd_Task_V2_WaitResponse()
                response.exitStatus = exit.status
                response.exitedAt = exit.timestamp
                responder.succeed(response)
            }, isWanted: { responder.isConnected })
    }

    // MARK: Control

    private func pause(_ request: Containerd_Task_V2_PauseRequest, _ responder: Responder) throws {
        let task = try tasks.task(request.id)
        _ = try task.runningProcess("pause")
        guard !task.isPaused else { throw ShimError.state("cannot pause a paused container") }
        task.runtime.run(["pause", task.id]) { [self] result in
            if case .success = result {
                task.isPaused = true
                task.publisher.publish("/tasks/paused", Containerd_Events_TaskPaused.with { $0.containerID = task.id })
            }
            answer(responder)(result)
        }
    }

    private func resume(_ request: Containerd_Task_V2_ResumeRequest, _ responder: Responder) throws {
        let task = try tasks.task(request.id)
        _ = try task.runningProcess("resume")
        guard task.isPaused else { throw ShimError.state("cannot resume a running process") }
        task.runtime.run(["resume", task.id]) { [self] result in
            if case .success = result {
                task.isPaused = false
                task.publisher.publish(
                    "/tasks/resumed", Containerd_Events_TaskResumed.with { $0.containerID = task.id })
            }
            answer(responder)(result)
        }
    }

    private func checkpoint(_ request: Containerd_Task_V2_CheckpointTaskRequest, _ responder: Responder) throws {
        try tasks.task(request.id).checkpoint(request, completion: answer(responder))
    }

    private func update(_ request: Containerd_Task_V2_UpdateTaskRequest, _ responder: Responder) throws {
        let task = try tasks.task(request.id)
        _ = try task.process("")
        let file = "\(task.bundle)/resources-\(task.host.reaper.nextNumber()).json"
        do throws(SystemError) {
            try File.replace(file, with: Array(request.resources.value))
        } catch {
            throw ShimError.system(error)
        }
        task.runtime.run(["update", "--resources", file, task.id]) { [self] result in
            unlink(file)
            answer(responder)(result)
        }
    }

    private func resize(_ request: Containerd_Task_V2_ResizePtyRequest, _ responder: Responder) throws {
        try tasks.task(request.id).process(request.execID).streams.resize(width: request.width, height: request.height)
        responder.succeed(Google_Protobuf_Empty())
    }

    private func closeIO(_ request: Containerd_Task_V2_CloseIORequest, _ responder: Responder) throws {
        let process = try tasks.task(request.id).process(request.execID)
        if request.stdin { process.streams.closeInput() }
        responder.succeed(Google_Protobuf_Empty())
    }

    // MARK: Questions

    private func state(_ request: Containerd_Task_V2_StateRequest, _ responder: Responder) throws {
        let task = try tasks.task(request.id)
        let process = try task.process(request.execID)
        var response = Containerd_Task_V2_StateResponse()
        response.id = task.id
        response.execID = request.execID
        response.bundle = task.bundle
        response.pid = UInt32(process.pid)
        response.stdin = process.request.stdin
        response.stdout = process.request.stdout
        response.stderr = process.request.stderr
        response.terminal = process.request.terminal
        switch process.phase {
        case .created, .starting: response.status = .created
        case .running: response.status = task.isPaused && request.execID.isEmpty ? .paused : .running
        case .stopped(let exit):
            response.status = .stopped
            response.exitStatus = exit.status
            response.exitedAt = exit.timestamp
        }
        responder.succeed(response)
    }

    private func pids(_ request: Containerd_Task_V2_PidsRequest, _ responder: Responder) throws {
        let task = try tasks.task(request.id)
        guard let cgroup = task.cgroup else { throw ShimError.notFound("cgroup does not exist") }
        let named = Dictionary(task.execs.values.map { ($0.pid, $0.execID) }) { $1 }
        var response = Containerd_Task_V2_PidsResponse()
        for pid in try cgroup.processes() {
            var process = Containerd_V1_Types_ProcessInfo()
            process.pid = UInt32(pid)
            if let exec = named[pid] {
                let details = Containerd_Runc_V1_ProcessDetails.with { $0.execID = exec }
                process.info.typeURL = Containerd_Runc_V1_ProcessDetails.protoMessageName
                process.info.value = try details.serializedData()
            }
            response.processes.append(process)
        }
        responder.succeed(response)
    }

    private func stats(_ request: Containerd_Task_V2_StatsRequest, _ responder: Responder) throws {
        guard let cgroup = try tasks.task(request.id).cgroup else {
            throw ShimError.notFound("cgroup does not exist")
        }
        var response = Containerd_Task_V2_StatsResponse()
        response.stats = try TaskMetrics.pack(cgroup.statistics())
        responder.succeed(response)
    }

    private func connect(_ request: Containerd_Task_V2_ConnectRequest, _ responder: Responder) {
        var response = Containerd_Task_V2_ConnectResponse()
        response.shimPid = UInt32(getpid())
        response.taskPid = UInt32((try? tasks.task(request.id))?.initial?.pid ?? 0)
        response.version = "v2"
        responder.succeed(response)
    }

    private func shutdown(_ request: Containerd_Task_V2_ShutdownRequest, _ responder: Responder) {
        // A container that is still there keeps its shim. Answered once nothing is left that another would have to remove.
        if tasks.isEmpty { onShutdown() }
        responder.succeed(Google_Protobuf_Empty())
    }
}

extension IncomingCall {
    /// The request message.
    fileprivate func decoded<Request: Message>() throws(RPCError) -> Request {
        do {
            return try Request(serializedBytes: payload)
        } catch {
            throw RPCError(.invalidArgument, "malformed \(Request.protoMessageName)")
        }
    }
}
