internal import LinuxSystem
public import SupervisorProtocol
internal import SwiftProtobuf
internal import TTRPC

/// A connection to skiff-supervisor, shared by any number of concurrent calls.
///
/// Every method throws ``TTRPC/RPCError``; its codes are listed with each call in
/// `Protocols/skiff/supervisor/v1/supervisor.proto`. When the connection is lost, calls fail with `.unavailable`
/// and the client stays dead: connect anew.
public final class SupervisorClient: Sendable {
    /// `Mount` of `supervisor.proto`.
    public typealias Mount = Skiff_Supervisor_V1_Mount
    /// `Stdio` of `supervisor.proto`.
    public typealias Stdio = Skiff_Supervisor_V1_Stdio
    /// `TaskInfo` of `supervisor.proto`.
    public typealias TaskInfo = Skiff_Supervisor_V1_TaskInfo
    /// `Status` of `supervisor.proto`.
    public typealias TaskStatus = Skiff_Supervisor_V1_Status
    /// `Event` of `supervisor.proto`.
    public typealias Event = Skiff_Supervisor_V1_Event
    /// `CreateRequest` of `supervisor.proto`.
    public typealias CreateRequest = Skiff_Supervisor_V1_CreateRequest
    /// `CreateResponse` of `supervisor.proto`.
    public typealias CreateResponse = Skiff_Supervisor_V1_CreateResponse
    /// `StartRequest` of `supervisor.proto`.
    public typealias StartRequest = Skiff_Supervisor_V1_StartRequest
    /// `StartResponse` of `supervisor.proto`.
    public typealias StartResponse = Skiff_Supervisor_V1_StartResponse
    /// `ExecRequest` of `supervisor.proto`.
    public typealias ExecRequest = Skiff_Supervisor_V1_ExecRequest
    /// `ExecResponse` of `supervisor.proto`.
    public typealias ExecResponse = Skiff_Supervisor_V1_ExecResponse
    /// `KillRequest` of `supervisor.proto`.
    public typealias KillRequest = Skiff_Supervisor_V1_KillRequest
    /// `WaitRequest` of `supervisor.proto`.
    public typealias WaitRequest = Skiff_Supervisor_V1_WaitRequest
    /// `WaitResponse` of `supervisor.proto`.
    public typealias WaitResponse = Skiff_Supervisor_V1_WaitResponse
    /// `DeleteRequest` of `supervisor.proto`.
    public typealias DeleteRequest = Skiff_Supervisor_V1_DeleteRequest
    /// `DeleteResponse` of `supervisor.proto`.
    public typealias DeleteResponse = Skiff_Supervisor_V1_DeleteResponse
    /// `ProcessRequest` of `supervisor.proto`.
    public typealias ProcessRequest = Skiff_Supervisor_V1_ProcessRequest
    /// `UpdateRequest` of `supervisor.proto`.
    public typealias UpdateRequest = Skiff_Supervisor_V1_UpdateRequest
    /// `PidsResponse` of `supervisor.proto`.
    public typealias PidsResponse = Skiff_Supervisor_V1_PidsResponse
    /// `ListRequest` of `supervisor.proto`.
    public typealias ListRequest = Skiff_Supervisor_V1_ListRequest
    /// `ListResponse` of `supervisor.proto`.
    public typealias ListResponse = Skiff_Supervisor_V1_ListResponse
    /// `AttachResponse` of `supervisor.proto`.
    public typealias AttachResponse = Skiff_Supervisor_V1_AttachResponse
    /// `ResizeRequest` of `supervisor.proto`.
    public typealias ResizeRequest = Skiff_Supervisor_V1_ResizeRequest
    /// `StatsResponse` of `supervisor.proto`.
    public typealias StatsResponse = Skiff_Supervisor_V1_StatsResponse
    /// `VersionResponse` of `supervisor.proto`.
    public typealias VersionResponse = Skiff_Supervisor_V1_VersionResponse
    /// `Container` of `supervisor.proto`.
    public typealias Container = Skiff_Supervisor_V1_Container
    /// `ContainerRequest` of `supervisor.proto`.
    public typealias ContainerRequest = Skiff_Supervisor_V1_ContainerRequest
    /// `ListContainersRequest` of `supervisor.proto`.
    public typealias ListContainersRequest = Skiff_Supervisor_V1_ListContainersRequest
    /// `ListContainersResponse` of `supervisor.proto`.
    public typealias ListContainersResponse = Skiff_Supervisor_V1_ListContainersResponse
    /// `Namespace` of `supervisor.proto`.
    public typealias Namespace = Skiff_Supervisor_V1_Namespace
    /// `ListNamespacesResponse` of `supervisor.proto`.
    public typealias ListNamespacesResponse = Skiff_Supervisor_V1_ListNamespacesResponse
    /// `LabelRequest` of `supervisor.proto`.
    public typealias LabelRequest = Skiff_Supervisor_V1_LabelRequest
    /// `CheckpointRequest` of `supervisor.proto`.
    public typealias CheckpointRequest = Skiff_Supervisor_V1_CheckpointRequest
    /// `WindowResponse` of `supervisor.proto`.
    public typealias EventWindow = Skiff_Supervisor_V1_WindowResponse
    package typealias Empty = Skiff_Supervisor_V1_Empty

    /// The deadline of calls that do not wait for a process.
    private static let deadline = Duration.seconds(60)

    private let path: String
    private let thread: EventLoopThread
    private let rpc: RPCClient
    private let subscriptions = Subscriptions()

    private init(path: String, thread: EventLoopThread) throws(RPCError) {
        self.path = path
        self.thread = thread
        rpc = try RPCClient(path: path, thread: thread)
    }

    deinit { close() }

    /// Connects to the supervisor's socket and asks for its version, so that a client that is returned works.
    public static func connect(to socketPath: String) async throws -> SupervisorClient {
        let thread: EventLoopThread
        do {
            thread = try SharedEventLoop.thread.get()
        } catch {
            throw RPCError(.unavailable, "cannot start the client's event loop: \(error)")
        }
        let client = try SupervisorClient(path: socketPath, thread: thread)
        _ = try await client.version()
        return client
    }

    /// Whether the connection is still there.
    public var isConnected: Bool { rpc.isOpen }

    /// Calls `action` once, when the connection is lost.
    public func onDisconnect(_ action: @escaping @Sendable () -> Void) { rpc.onClose(action) }

    /// Closes the connection and those of its event streams, which then throw `.unavailable`.
    public func close() {
        rpc.close()
        subscriptions.close()
    }

    /// The events after the cursor `since` (0 for all that are retained), then those to come.
    ///
    /// The stream has a connection of its own, closed when the iteration ends. It throws `.outOfRange` when `since`
    /// is older than what is retained, and `.unavailable` when the supervisor goes away.
    public func events(namespace: String = "", since: UInt64) -> AsyncThrowingStream<Event, any Error> {
        AsyncThrowingStream { continuation in
            let forwarding = Task { [path, thread, subscriptions] in
                do {
                    let rpc = try RPCClient(path: path, thread: thread)
                    subscriptions.add(rpc)
                    defer { subscriptions.remove(rpc) }
                    var request = Skiff_Supervisor_V1_SubscribeRequest()
                    request.namespace = namespace
                    request.since = since
                    let messages = rpc.stream(
                        service: Service.events, method: "Subscribe", payload: try request.serializedBytes())
                    for try await message in messages {
                        continuation.yield(try Event(serializedBytes: message))
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in forwarding.cancel() }
        }
    }

    enum Service {
        static let containers = "skiff.supervisor.v1.Containers"
        static let namespaces = "skiff.supervisor.v1.Namespaces"
        static let tasks = "skiff.supervisor.v1.Tasks"
        static let streams = "skiff.supervisor.v1.Streams"
        static let stats = "skiff.supervisor.v1.Stats"
        static let events = "skiff.supervisor.v1.Events"
        static let health = "skiff.supervisor.v1.Health"
    }

    func call<Answer: Message>(
        _ service: String, _ method: String, _ request: some Message, unlimited: Bool = false
    ) async throws -> Answer {
        try await rpc.call(
            service: service, method: method, request, timeout: unlimited ? nil : SupervisorClient.deadline)
    }

    func perform(_ service: String, _ method: String, _ request: some Message) async throws {
        let _: Empty = try await call(service, method, request)
    }
}

/// The event loop that all clients of this process share.
private enum SharedEventLoop {
    static let thread = Result { () throws(SystemError) in try EventLoopThread() }
}
