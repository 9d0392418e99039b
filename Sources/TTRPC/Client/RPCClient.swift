public import LinuxSystem
internal import Synchronization

/// One connection to a ttrpc server, shared by any number of concurrent calls.
///
/// When the connection is lost every call under way fails with ``RPCCode/unavailable`` and the client stays dead;
/// make a new one to reconnect.
public final class RPCClient: Sendable {
    private struct State {
        var socket: OpenSocket?
        var connection = ClientConnectionState()
        var queue = SendQueue()
        var calls: [UInt32: CheckedContinuation<[UInt8], any Error>] = [:]
        var streams: [UInt32: AsyncThrowingStream<[UInt8], any Error>.Continuation] = [:]
        var deadlines: [UInt32: UInt64] = [:]
        var nextCheck = UInt64.max
        var onClose: (@Sendable () -> Void)?
    }

    private static let lost = RPCError(.unavailable, "connection to the server is closed")
    private let state: Mutex<State>
    private let thread: EventLoopThread

    /// Connects to the Unix socket at `path`; its traffic is handled on `thread`.
    /// Throws ``RPCCode/unavailable`` when nobody listens there.
    public convenience init(path: String, thread: EventLoopThread) throws(RPCError) {
        do {
            self.init(socket: try UnixSocket.connect(to: path), thread: thread)
        } catch {
            throw RPCError(.unavailable, "\(error)")
        }
    }

    /// Takes over a connected, non-blocking socket.
    public init(socket: consuming Descriptor, thread: EventLoopThread) {
        let open = OpenSocket(socket)
        state = Mutex(State(socket: open))
        self.thread = thread
        thread.execute { [weak self] loop in
            let interest: EventLoop.Readiness = [.readable, .writable, .peerClosed, .edgeTriggered]
            do {
                try loop.register(open.fd, interest) { [weak self] _ in self?.becameReady() }
            } catch {
                self?.close()
            }
        }
    }

    deinit { close() }

    /// Whether the connection is still there.
    public var isOpen: Bool { state.withLock { $0.socket != nil } }

    /// Calls `action` once when the connection is lost or closed; at once if it already is.
    public func onClose(_ action: @escaping @Sendable () -> Void) {
        let isClosed = state.withLock { state in
            state.onClose = action
            return state.socket == nil
        }
        if isClosed { action() }
    }

    /// Calls a method and waits for its answer.
    ///
    /// - Parameter timeout: after it the call fails with ``RPCCode/deadlineExceeded``; the server is told it too.
    ///   Without one the call waits until it is answered or its task is cancelled.
    /// - Throws: ``RPCError``, or `CancellationError` when the task is cancelled.
    public func call(
        service: String, method: String, payload: [UInt8], timeout: Duration? = nil
    ) async throws -> [UInt8] {
        let key = Mutex<UInt32?>(nil)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                begin(service, method, payload, timeout: timeout, key: key, continuation)
            }
        } onCancel: {
            guard let stream = key.withLock({ $0 }) else { return }
            finish(stream, with: .failure(CancellationError()))
        }
    }

    /// Calls a method that answers with a stream of messages. Ending the iteration drops what still arrives;
    /// close the client to stop the server from sending.
    public func stream(
        service: String, method: String, payload: [UInt8]
    ) -> AsyncThrowingStream<[UInt8], any Error> {
        AsyncThrowingStream { continuation in
            let error: (any Error)? = state.withLock { state in
                guard state.socket != nil else { return RPCClient.lost }
                do {
                    let (stream, bytes) = try state.connection.open(
                        service: service, method: method, payload: payload, timeout: 0, streaming: true)
                    state.streams[stream] = continuation
                    state.queue.append(bytes)
                    return nil
                } catch {
                    return error
                }
            }
            if let error { continuation.finish(throwing: error) } else { flush() }
        }
    }

    /// Closes the connection; calls under way fail with ``RPCCode/unavailable``.
    public func close() {
        let ended = state.withLock { state -> State? in
            guard state.socket != nil else { return nil }
            let ended = state
            state.socket = nil
            state.calls = [:]
            state.streams = [:]
            state.deadlines = [:]
            state.queue = SendQueue()
            return ended
        }
        guard let ended, let socket = ended.socket else { return }
        thread.execute { loop in loop.deregister(socket.fd) }
        for call in ended.calls.values { call.resume(throwing: RPCClient.lost) }
        for stream in ended.streams.values { stream.finish(throwing: RPCClient.lost) }
        ended.onClose?()
    }

    private func begin(
        _ service: String, _ method: String, _ payload: [UInt8], timeout: Duration?,
        key: borrowing Mutex<UInt32?>, _ continuation: CheckedContinuation<[UInt8], any Error>
    ) {
        let nanoseconds = timeout.map { max(1, $0.nanoseconds) }
        let opened = state.withLock { state -> Result<UInt32, any Error> in
            guard state.socket != nil else { return .failure(RPCClient.lost) }
            do {
                let (stream, bytes) = try state.connection.open(
                    service: service, method: method, payload: payload, timeout: nanoseconds ?? 0, streaming: false)
                state.calls[stream] = continuation
                state.queue.append(bytes)
                return .success(stream)
            } catch {
                return .failure(error)
            }
        }
        switch opened {
        case .failure(let error):
            continuation.resume(throwing: error)
        case .success(let stream):
            key.withLock { $0 = stream }
            if let nanoseconds { limit(stream, to: UInt64(nanoseconds)) }
            flush()
            // A cancellation from before the stream was known found nothing to end.
            if Task.isCancelled { finish(stream, with: .failure(CancellationError())) }
        }
    }

    private func finish(_ stream: UInt32, with result: Result<[UInt8], any Error>) {
        let call = state.withLock { state in
            state.deadlines[stream] = nil
            return state.calls.removeValue(forKey: stream)
        }
        call?.resume(with: result)
    }

    // MARK: Deadlines

    private func limit(_ stream: UInt32, to nanoseconds: UInt64) {
        let deadline = EventLoop.now() &+ nanoseconds
        let needsTimer = state.withLock { state in
            guard state.calls[stream] != nil else { return false }
            state.deadlines[stream] = deadline
            guard deadline < state.nextCheck else { return false }
            state.nextCheck = deadline
            return true
        }
        if needsTimer { scheduleCheck(after: nanoseconds) }
    }

    private func scheduleCheck(after nanoseconds: UInt64) {
        thread.execute { [weak self] loop in
            loop.schedule(after: nanoseconds) { [weak self] in self?.checkDeadlines() }
        }
    }

    private func checkDeadlines() {
        let now = EventLoop.now()
        let (expired, next) = state.withLock { state in
            let expired = state.deadlines.filter { $0.value <= now }.map(\.key)
            for stream in expired { state.deadlines[stream] = nil }
            let next = state.deadlines.values.min()
            state.nextCheck = next ?? .max
            return (expired, next)
        }
        for stream in expired {
            finish(stream, with: .failure(RPCError(.deadlineExceeded, "no answer within the call's deadline")))
        }
        if let next { scheduleCheck(after: next - now) }
    }

    // MARK: Traffic

    private func flush() {
        let isBroken = state.withLock { state in
            guard let socket = state.socket else { return false }
            return !state.queue.flush(to: socket.fd)
        }
        if isBroken { close() }
    }

    private func becameReady() {
        flush()
        var hasEnded = false
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { buffer in
            while !hasEnded {
                let (received, actions) = receive(into: buffer)
                actions.forEach(perform)
                switch received {
                case .bytes: continue
                case .nothing: return
                case .ended: hasEnded = true
                }
            }
        }
        if hasEnded { close() }
    }

    private func receive(
        into buffer: UnsafeMutableRawBufferPointer
    ) -> (Received, [ClientConnectionState.Action]) {
        guard let socket = state.withLock({ $0.socket }) else { return (.ended, []) }
        let received = Received.read(from: socket.fd, into: buffer)
        guard case .bytes(let count) = received else { return (received, []) }
        nonisolated(unsafe) let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        return (received, state.withLock { $0.connection.receive(bytes) })
    }

    private func perform(_ action: ClientConnectionState.Action) {
        switch action {
        case .finish(let stream, let result):
            finish(stream, with: result.mapError { $0 })
            let open = state.withLock { $0.streams.removeValue(forKey: stream) }
            switch result {
            case .success: open?.finish()
            case .failure(let error): open?.finish(throwing: error)
            }
        case .message(let stream, let payload):
            state.withLock { $0.streams[stream] }?.yield(payload)
        case .end(let stream):
            state.withLock { $0.streams.removeValue(forKey: stream) }?.finish()
        }
    }
}
