internal import SwiftProtobuf
internal import TTRPC
internal import TaskProtocol

/// The task service of one shim. Every call but Wait has a deadline.
struct ShimClient: Sendable {
    private static let service = "containerd.task.v2.Task"
    /// For calls that the shim answers by itself.
    static let short = Duration.seconds(10)
    /// For calls that run the OCI runtime.
    static let long = Duration.seconds(55)
    /// Memory is written to disk meanwhile.
    static let checkpoint = Duration.seconds(600)

    let id: String
    let rpc: RPCClient

    func create(_ request: Containerd_Task_V2_CreateTaskRequest) async throws -> UInt32 {
        let response: Containerd_Task_V2_CreateTaskResponse = try await call("Create", request, ShimClient.long)
        return response.pid
    }

    func start(_ execID: String) async throws -> UInt32 {
        var request = Containerd_Task_V2_StartRequest()
        request.id = id
        request.execID = execID
        let response: Containerd_Task_V2_StartResponse = try await call("Start", request, ShimClient.long)
        return response.pid
    }

    func exec(_ request: Containerd_Task_V2_ExecProcessRequest) async throws {
        try await perform("Exec", request)
    }

    func wait(_ execID: String) async throws -> ProcessState.Exit {
        var request = Containerd_Task_V2_WaitRequest()
        request.id = id
        request.execID = execID
        let response: Containerd_Task_V2_WaitResponse = try await call("Wait", request, nil)
        return ProcessState.Exit(status: response.exitStatus, at: Moment(response.exitedAt))
    }

    func state(_ execID: String, timeout: Duration? = ShimClient.short) async throws -> Containerd_Task_V2_StateResponse
    {
        var request = Containerd_Task_V2_StateRequest()
        request.id = id
        request.execID = execID
        return try await call("State", request, timeout)
    }

    func delete(_ execID: String) async throws -> Containerd_Task_V2_DeleteResponse {
        var request = Containerd_Task_V2_DeleteRequest()
        request.id = id
        request.execID = execID
        return try await call("Delete", request, ShimClient.long)
    }

    func kill(_ execID: String, signal: UInt32, all: Bool) async throws {
        var request = Containerd_Task_V2_KillRequest()
        request.id = id
        request.execID = execID
        request.signal = signal
        request.all = all
        try await perform("Kill", request)
    }

    func pause() async throws {
        try await perform("Pause", Containerd_Task_V2_PauseRequest.with { $0.id = id })
    }

    func resume() async throws {
        try await perform("Resume", Containerd_Task_V2_ResumeRequest.with { $0.id = id })
    }

    func update(_ resources: [UInt8]) async throws {
        var request = Containerd_Task_V2_UpdateTaskRequest()
        request.id = id
        request.resources.typeURL = "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources"
        request.resources.value = .init(resources)
        try await perform("Update", request)
    }

    /// - Parameter exit: whether the container ends with it.
    func checkpoint(to path: String, workPath: String, exit: Bool) async throws {
        var options = Containerd_Runc_V1_CheckpointOptions()
        options.exit = exit
        options.imagePath = path
        options.workPath = workPath
        var request = Containerd_Task_V2_CheckpointTaskRequest()
        request.id = id
        request.path = path
        request.options.typeURL = Containerd_Runc_V1_CheckpointOptions.protoMessageName
        request.options.value = try options.serializedData()
        try await perform("Checkpoint", request, ShimClient.checkpoint)
    }

    func pids() async throws -> [UInt32] {
        let request = Containerd_Task_V2_PidsRequest.with { $0.id = id }
        let response: Containerd_Task_V2_PidsResponse = try await call("Pids", request, ShimClient.short)
        return response.processes.map(\.pid)
    }

    func resize(_ execID: String, width: UInt32, height: UInt32) async throws {
        var request = Containerd_Task_V2_ResizePtyRequest()
        request.id = id
        request.execID = execID
        request.width = width
        request.height = height
        try await perform("ResizePty", request, ShimClient.short)
    }

    func closeInput(_ execID: String) async throws {
        var request = Containerd_Task_V2_CloseIORequest()
        request.id = id
        request.execID = execID
        request.stdin = true
        try await perform("CloseIO", request, ShimClient.short)
    }

    func stats() async throws -> Google_Protobuf_Any {
        let request = Containerd_Task_V2_StatsRequest.with { $0.id = id }
        let response: Containerd_Task_V2_StatsResponse = try await call("Stats", request, ShimClient.short)
        return response.stats
    }

    func shutdown() async throws {
        try await perform("Shutdown", Containerd_Task_V2_ShutdownRequest.with { $0.id = id }, ShimClient.short)
    }

    private func perform(_ method: String, _ request: some Message, _ timeout: Duration = ShimClient.long) async throws
    {
        let _: Google_Protobuf_Empty = try await call(method, request, timeout)
    }

    private func call<Answer: Message>(
        _ method: String, _ request: some Message, _ timeout: Duration?
    ) async throws -> Answer {
        try await rpc.call(service: ShimClient.service, method: method, request, timeout: timeout)
    }
}
