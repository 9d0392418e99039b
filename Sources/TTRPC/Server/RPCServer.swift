public import LinuxSystem

/// A ttrpc server on a Unix socket: each call runs in its own task; a peer of another user is turned away.
public final class RPCServer: Sendable {
    enum Work: Sendable {
        case connection(ServerConnection)
        case call(ServerConnection, IncomingCall)
    }

    private let services: [String: RPCService]
    private let listener: OpenSocket
    private let thread: EventLoopThread
    private let describe: @Sendable (any Error) -> RPCError

    /// Makes a server on a listening, non-blocking socket.
    ///
    /// - Parameter describe: turns a handler's error that is not an ``RPCError`` into one.
    public init(
        listener: consuming Descriptor, services: [RPCService], thread: EventLoopThread,
        describe: @escaping @Sendable (any Error) -> RPCError
    ) {
        self.listener = OpenSocket(listener)
        self.services = Dictionary(services.map { ($0.name, $0) }) { $1 }
        self.thread = thread
        self.describe = describe
    }

    /// Serves until the task is cancelled; then connections are closed and calls that change something end first.
    public func run() async {
        let (work, continuation) = AsyncStream<Work>.makeStream()
        listen(continuation)
        await withDiscardingTaskGroup { group in
            for await item in work {
                switch item {
                case .connection(let connection):
                    group.addTask { await self.serve(connection, continuation) }
                case .call(let connection, let call):
                    group.addTask { await self.handle(call, on: connection) }
                }
            }
            group.cancelAll()
        }
        let listener = listener
        thread.execute { loop in loop.deregister(listener.fd) }
    }

    private func listen(_ work: AsyncStream<Work>.Continuation) {
        let listener = listener
        let thread = thread
        thread.execute { loop in
            do {
                try loop.register(listener.fd, .readable) { _ in
                    RPCServer.acceptAll(listener, thread, loop, work)
                }
            } catch {
                work.finish()
            }
        }
    }

    private static func acceptAll(
        _ listener: OpenSocket, _ thread: EventLoopThread, _ loop: EventLoop, _ work: AsyncStream<Work>.Continuation
    ) {
        do {
            while let socket = try UnixSocket.accept(from: listener.fd) {
                work.yield(.connection(ServerConnection(socket: socket, thread: thread)))
            }
        } catch {
            // Out of descriptors or memory: the waiting connection would make the loop spin, so let it wait.
            try? loop.modify(listener.fd, [])
            loop.schedule(after: 100_000_000) { try? loop.modify(listener.fd, .readable) }
        }
    }

    private func serve(_ connection: ServerConnection, _ work: AsyncStream<Work>.Continuation) async {
        await withDiscardingTaskGroup { group in
            for await call in connection.calls {
                if let method = method(for: call), !method.isCancellable {
                    work.yield(.call(connection, call))
                } else {
                    group.addTask { await self.handle(call, on: connection) }
                }
            }
            group.cancelAll()
        }
        connection.close()
    }

    private func method(for call: IncomingCall) -> RPCMethod? { services[call.service]?.methods[call.method] }

    private func handle(_ call: IncomingCall, on connection: ServerConnection) async {
        do {
            guard let service = services[call.service] else {
                throw RPCError(.unimplemented, "service \(call.service) is not known here")
            }
            guard let method = service.methods[call.method] else {
                throw RPCError(.unimplemented, "method \(call.method) is not known in \(call.service)")
            }
            switch method.handler {
            case .unary(let body):
                let answer = try await run(body, for: call, limited: method.isCancellable)
                connection.send(ServerConnectionState.response(on: call.stream, .success(answer)))
            case .stream(let body):
                try await body(call.payload) { payload in
                    try await connection.sendWaiting(ServerConnectionState.message(on: call.stream, payload))
                }
                connection.send(ServerConnectionState.endOfStream(on: call.stream))
            }
        } catch {
            connection.send(ServerConnectionState.response(on: call.stream, .failure(rpcError(error))))
        }
        connection.finished(call)
    }

    private func run(
        _ body: @escaping @Sendable ([UInt8]) async throws -> [UInt8], for call: IncomingCall, limited: Bool
    ) async throws -> [UInt8] {
        guard limited, call.timeout > 0 else { return try await body(call.payload) }
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { try await body(call.payload) }
            group.addTask {
                try await Task.sleep(for: .nanoseconds(call.timeout))
                throw RPCError(.deadlineExceeded, "no answer within the call's deadline")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    private func rpcError(_ error: any Error) -> RPCError {
        switch error {
        case let error as RPCError: error
        case is CancellationError: RPCError(.cancelled, "call was cancelled")
        default: describe(error)
        }
    }
}
