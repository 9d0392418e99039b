public import LinuxSystem

/// A ttrpc server on a Unix socket: each call runs in its own task; a peer of another user is turned away.
public final class RPCServer: Sendable {
    enum Work: Sendable {
        case connection(ServerConnection)
        case call(ServerConnection, IncomingCall)
        /// The connections before this one have been looked at.
        case acceptMore
    }

    /// Connections accepted before those are looked at: a burst waits in the kernel, not in memory.
    private static let batch = 64

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
                case .acceptMore:
                    group.addTask { self.listenAgain() }
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
            for _ in 0..<batch {
                guard let socket = try UnixSocket.accept(from: listener.fd) else { return }
                work.yield(.connection(ServerConnection(socket: socket, thread: thread)))
            }
            try loop.modify(listener.fd, [])
            work.yield(.acceptMore)
        } catch {
            // Out of descriptors or memory: the waiting connection would make the loop spin, so let it wait.
            try? loop.modify(listener.fd, [])
            loop.schedule(after: 100_000_000) { try? loop.modify(listener.fd, .readable) }
        }
    }

    private func listenAgain() {
        let listener = listener
        thread.execute { loop in try? loop.modify(listener.fd, .readable) }
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
            case .unary(let body) where method.isCancellable:
                let answer = try await run(body, for: call)
                connection.send(ServerConnectionState.response(on: call.stream, .success(answer)))
            case .unary(let body):
                await finish(body, for: call, on: connection)
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

    /// Answers, or ends the work at the call's deadline.
    private func run(_ body: @escaping RPCMethod.Body, for call: IncomingCall) async throws -> [UInt8] {
        guard call.timeout > 0 else { return try await body(call.payload) }
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { try await body(call.payload) }
            group.addTask {
                try await Task.sleep(for: .nanoseconds(call.timeout))
                throw RPCServer.deadlineExceeded
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    /// Does the work to its end, and answers then or at the call's deadline, whichever comes first.
    private func finish(_ body: RPCMethod.Body, for call: IncomingCall, on connection: ServerConnection) async {
        let answer = SingleAnswer(to: call, on: connection)
        await withDiscardingTaskGroup { group in
            if call.timeout > 0 {
                group.addTask {
                    // Cancelled when the work has ended before this deadline.
                    guard (try? await Task.sleep(for: .nanoseconds(call.timeout))) != nil else { return }
                    answer.send(.failure(RPCServer.deadlineExceeded))
                }
            }
            do {
                answer.send(.success(try await body(call.payload)))
            } catch {
                answer.send(.failure(rpcError(error)))
            }
            group.cancelAll()
        }
    }

    private static let deadlineExceeded = RPCError(.deadlineExceeded, "no answer within the call's deadline")

    private func rpcError(_ error: any Error) -> RPCError {
        switch error {
        case let error as RPCError: error
        case is CancellationError: RPCError(.cancelled, "call was cancelled")
        default: describe(error)
        }
    }
}
