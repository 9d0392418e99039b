import CLI
import Glibc
import LinuxSystem
import SupervisorClient
import TTRPC

/// Follows one process from here: its streams, its terminal's size, signals for it, and its end.
struct ProcessSession: Sendable {
    let client: SupervisorClient
    let namespace: String
    let id: String
    var execID = ""
    var hasTerminal = false

    private var process: SupervisorClient.ProcessRequest {
        var request = SupervisorClient.ProcessRequest()
        request.namespace = namespace
        request.id = id
        request.execID = execID
        return request
    }

    func start() async throws -> UInt32 {
        var request = SupervisorClient.StartRequest()
        request.namespace = namespace
        request.id = id
        request.execID = execID
        return try await client.start(request).pid
    }

    /// Waits for the end and answers the exit status.
    func wait() async throws -> Int32 {
        var request = SupervisorClient.WaitRequest()
        request.namespace = namespace
        request.id = id
        request.execID = execID
        return Int32(clamping: try await client.wait(request).exitStatus)
    }

    @discardableResult
    func delete(force: Bool = false) async throws -> Int32 {
        var request = SupervisorClient.DeleteRequest()
        request.namespace = namespace
        request.id = id
        request.execID = execID
        request.force = force
        return Int32(clamping: try await client.delete(request).exitStatus)
    }

    /// Copies the streams until they end, and answers the exit status.
    ///
    /// - Parameter socket: where the shim serves attach clients; nil where nothing is to be copied.
    /// - Parameter begin: starts the process, once its streams are connected.
    func run(
        socket: String?, console: Console, begin: () async throws -> Void = {}
    ) async throws -> Int32 {
        var relay: AttachRelay?
        if let socket {
            guard !socket.isEmpty else {
                throw CommandFailure("this shim serves no attach clients: use --detach, --null-io or --log-uri")
            }
            relay = try AttachRelay(socket: socket, execID: execID, console: console)
        }
        let watch = try SignalWatch(
            hasTerminal && relay != nil
                ? SignalQueue.ending + [SIGWINCH] : SignalQueue.forwardable.filter { $0 != SIGWINCH })
        defer { watch.end() }
        try await begin()
        let terminal = hasTerminal && relay != nil && console.isInputTerminal ? RawTerminal(console.input) : nil
        terminal?.enter()
        defer { terminal?.restore() }
        let output = console.output
        if hasTerminal { await resize(output) }
        console.flush()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await number in watch.signals { await handle(number, output) }
            }
            defer { group.cancelAll() }
            try await relay?.run()
            return try await wait()
        }
    }

    private func handle(_ number: Int32, _ output: Int32) async {
        guard number != SIGWINCH else { return await resize(output) }
        var request = SupervisorClient.KillRequest()
        request.namespace = namespace
        request.id = id
        request.execID = execID
        request.signal = UInt32(number)
        // A process that ended meanwhile needs no signal.
        try? await client.kill(request)
    }

    private func resize(_ output: Int32) async {
        guard let size = WindowSize.of(output) else { return }
        var request = SupervisorClient.ResizeRequest()
        request.namespace = namespace
        request.id = id
        request.execID = execID
        request.width = UInt32(size.columns)
        request.height = UInt32(size.rows)
        // One that just ended has no terminal any more.
        try? await client.resize(request)
    }

    /// The socket on which the process's shim serves attach clients.
    func attachSocket() async throws -> String { try await client.attach(process).socket }
}
