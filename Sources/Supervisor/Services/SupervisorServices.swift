internal import Glibc
internal import SupervisorProtocol
internal import SwiftProtobuf
internal import TTRPC
internal import TaskProtocol

/// The RPC services over the registry: decodes nothing but names, decides nothing.
struct SupervisorServices: Sendable {
    private typealias V1 = SupervisorServices
    private typealias Empty = Skiff_Supervisor_V1_Empty
    private typealias ProcessRequest = Skiff_Supervisor_V1_ProcessRequest

    let registry: TaskRegistry
    let containers: ContainerServices
    let events: EventLog

    var all: [RPCService] { [tasks, streams, stats, eventService, health, shimEvents] + containers.all }

    private var tasks: RPCService {
        RPCService(
            name: "skiff.supervisor.v1.Tasks",
            methods: [
                "Create": .change(create), "Start": .change(start), "Exec": .change(exec), "Kill": .change(kill),
                "Wait": .query(wait), "Delete": .change(delete), "Pause": .change(pause), "Resume": .change(resume),
                "Update": .change(update), "Pids": .query(pids), "Get": .query(get), "List": .query(list),
                "Checkpoint": .change(checkpoint),
            ])
    }

    private var streams: RPCService {
        RPCService(
            name: "skiff.supervisor.v1.Streams",
            methods: ["Attach": .query(attach), "Resize": .change(resize), "CloseStdin": .change(closeStdin)])
    }

    private var stats: RPCService {
        RPCService(name: "skiff.supervisor.v1.Stats", methods: ["Get": .query(readStats)])
    }

    private var eventService: RPCService {
        RPCService(
            name: "skiff.supervisor.v1.Events", methods: ["Subscribe": .stream(subscribe), "Window": .query(window)])
    }

    private var health: RPCService {
        RPCService(name: "skiff.supervisor.v1.Health", methods: ["Version": .query(version)])
    }

    /// What shims deliver.
    private var shimEvents: RPCService {
        RPCService(
            name: "containerd.services.events.ttrpc.v1.Events", methods: ["Forward": .change(forward)])
    }

    // MARK: Tasks

    private func create(_ request: Skiff_Supervisor_V1_CreateRequest) async throws -> Skiff_Supervisor_V1_CreateResponse
    {
        let (pid, socket) = try await registry.create(request)
        return .with {
            $0.pid = pid
            $0.attachSocket = socket
        }
    }

    private func start(_ request: Skiff_Supervisor_V1_StartRequest) async throws -> Skiff_Supervisor_V1_StartResponse {
        let (pid, at) = try await registry.task(request.namespace, request.id).start(request.execID)
        return .with {
            $0.pid = pid
            $0.startedAt = at.timestamp
        }
    }

    private func exec(_ request: Skiff_Supervisor_V1_ExecRequest) async throws -> Skiff_Supervisor_V1_ExecResponse {
        let task = try await registry.task(request.namespace, request.id)
        try await task.exec(request)
        let socket = await task.attachSocket
        return .with { $0.attachSocket = socket }
    }

    private func kill(_ request: Skiff_Supervisor_V1_KillRequest) async throws -> Empty {
        try await registry.task(request.namespace, request.id)
            .kill(request.execID, signal: request.signal, all: request.all)
        return Empty()
    }

    private func wait(_ request: Skiff_Supervisor_V1_WaitRequest) async throws -> Skiff_Supervisor_V1_WaitResponse {
        let exit = try await registry.task(request.namespace, request.id).wait(request.execID)
        return .with {
            $0.exitStatus = exit.status
            $0.exitedAt = exit.at.timestamp
        }
    }

    private func delete(_ request: Skiff_Supervisor_V1_DeleteRequest) async throws -> Skiff_Supervisor_V1_DeleteResponse
    {
        let (pid, exit) = try await registry.task(request.namespace, request.id)
            .delete(request.execID, force: request.force)
        return .with {
            $0.pid = pid
            $0.exitStatus = exit.status
            $0.exitedAt = exit.at.timestamp
        }
    }

    private func pause(_ request: ProcessRequest) async throws -> Empty {
        try await registry.task(request.namespace, request.id).pause()
        return Empty()
    }

    private func resume(_ request: ProcessRequest) async throws -> Empty {
        try await registry.task(request.namespace, request.id).resume()
        return Empty()
    }

    private func update(_ request: Skiff_Supervisor_V1_UpdateRequest) async throws -> Empty {
        try await registry.task(request.namespace, request.id).update(Array(request.resources))
        return Empty()
    }

    private func pids(_ request: ProcessRequest) async throws -> Skiff_Supervisor_V1_PidsResponse {
        let pids = try await registry.task(request.namespace, request.id).pids()
        return .with { $0.pids = pids }
    }

    private func get(_ request: ProcessRequest) async throws -> Skiff_Supervisor_V1_TaskInfo {
        try await registry.task(request.namespace, request.id).info(request.execID)
    }

    private func list(_ request: Skiff_Supervisor_V1_ListRequest) async throws -> Skiff_Supervisor_V1_ListResponse {
        let filters = try [Filter](parsing: request.filters)
        var response = Skiff_Supervisor_V1_ListResponse()
        for task in await registry.all(namespace: request.namespace) {
            if let info = try? await task.info(""), filters.match(info.field) { response.tasks.append(info) }
        }
        response.tasks.sort { ($0.namespace, $0.id) < ($1.namespace, $1.id) }
        return response
    }

    private func checkpoint(_ request: Skiff_Supervisor_V1_CheckpointRequest) async throws -> Empty {
        try await registry.task(request.namespace, request.id).checkpoint(request)
        return Empty()
    }

    // MARK: Streams and statistics

    private func attach(_ request: ProcessRequest) async throws -> Skiff_Supervisor_V1_AttachResponse {
        let socket = try await registry.task(request.namespace, request.id).attachSocket(request.execID)
        return .with { $0.socket = socket }
    }

    private func resize(_ request: Skiff_Supervisor_V1_ResizeRequest) async throws -> Empty {
        try await registry.task(request.namespace, request.id)
            .resize(request.execID, width: request.width, height: request.height)
        return Empty()
    }

    private func closeStdin(_ request: ProcessRequest) async throws -> Empty {
        try await registry.task(request.namespace, request.id).closeInput(request.execID)
        return Empty()
    }

    private func readStats(_ request: ProcessRequest) async throws -> Skiff_Supervisor_V1_StatsResponse {
        try StatsMapping.response(try await registry.task(request.namespace, request.id).stats())
    }

    // MARK: Events and health

    private func subscribe(
        _ request: Skiff_Supervisor_V1_SubscribeRequest,
        _ send: @Sendable (Skiff_Supervisor_V1_Event) async throws -> Void
    ) async throws {
        let (number, stream) = try await events.subscribe(namespace: request.namespace, since: request.since)
        do {
            for try await event in stream { try await send(event) }
        } catch {
            await events.unsubscribe(number)
            throw error
        }
        await events.unsubscribe(number)
    }

    private func window(_ request: Empty) async -> Skiff_Supervisor_V1_WindowResponse {
        let (oldest, newest) = await events.window
        return .with {
            $0.oldest = oldest
            $0.newest = newest
        }
    }

    private func version(_ request: Empty) -> Skiff_Supervisor_V1_VersionResponse {
        .with {
            $0.version = "0.1.0"
            $0.pid = UInt32(getpid())
        }
    }

    private func forward(_ request: Containerd_Services_Events_Ttrpc_V1_ForwardRequest) async -> Google_Protobuf_Empty {
        let envelope = request.envelope
        // All else reaches the supervisor by its own calls; a kill for want of memory only this way, and a start whose
        // call ended with an earlier supervisor.
        switch envelope.topic {
        case "/tasks/oom":
            if let event = try? Containerd_Events_TaskOOM(serializedBytes: envelope.event.value) {
                try? await registry.task(envelope.namespace, event.containerID).wasKilledForMemory()
            }
        case "/tasks/start":
            if let event = try? Containerd_Events_TaskStart(serializedBytes: envelope.event.value) {
                try? await registry.task(envelope.namespace, event.containerID).wasStarted(pid: event.pid)
            }
        default: break
        }
        return Google_Protobuf_Empty()
    }
}

extension Skiff_Supervisor_V1_TaskInfo {
    /// A field by its name in filters.
    fileprivate func field(_ path: [String]) -> String? {
        switch path.first {
        case "namespace": namespace
        case "id": id
        case "pid": String(pid)
        case "runtime": runtime
        case "status":
            switch status {
            case .created: "created"
            case .running: "running"
            case .stopped: "stopped"
            case .paused: "paused"
            case .unspecified, .UNRECOGNIZED: "unknown"
            }
        case "labels": path.count > 1 ? labels[path.dropFirst().joined(separator: ".")] : nil
        default: nil
        }
    }
}
