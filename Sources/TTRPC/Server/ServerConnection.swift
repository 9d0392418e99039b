import Glibc
internal import LinuxSystem
internal import Synchronization

/// One client's connection to an ``RPCServer``.
final class ServerConnection: Sendable {
    /// A client with this many unanswered calls is not read from until some are answered.
    private static let maximumCalls = 1024
    /// Bytes that may wait for the client before streams to it suspend.
    private static let streamWindow = 1 << 20

    private struct State {
        var socket: OpenSocket?
        var connection = ServerConnectionState()
        var queue = SendQueue()
        var unanswered = 0
        var isReadingPaused = false
        /// The client sends no more, but may still be waiting for answers.
        var isInputEnded = false
        var writers: [CheckedContinuation<Void, any Error>] = []
    }

    private let state: Mutex<State>
    private let thread: EventLoopThread
    private let continuation: AsyncStream<IncomingCall>.Continuation
    /// The calls that arrive; ends with the connection.
    let calls: AsyncStream<IncomingCall>

    init(socket: consuming Descriptor, thread: EventLoopThread) {
        let open = OpenSocket(socket)
        state = Mutex(State(socket: open))
        self.thread = thread
        (calls, continuation) = AsyncStream.makeStream()
        thread.execute { [self] loop in
            let interest: EventLoop.Readiness = [.readable, .writable, .peerClosed, .edgeTriggered]
            do {
                try loop.register(open.fd, interest) { [self] _ in becameReady() }
            } catch {
                close()
            }
        }
    }

    func send(_ bytes: [UInt8]) {
        state.withLock { $0.queue.append(bytes) }
        flush()
    }

    /// Sends, then suspends while more than a window's worth waits for the client.
    func sendWaiting(_ bytes: [UInt8]) async throws {
        send(bytes)
        let mustWait = state.withLock { $0.socket == nil || $0.queue.count > ServerConnection.streamWindow }
        guard mustWait else { return }
        try await withCheckedThrowingContinuation { (writer: CheckedContinuation<Void, any Error>) in
            let outcome = state.withLock { state -> Result<Void, any Error>? in
                guard state.socket != nil else { return .failure(CancellationError()) }
                guard state.queue.count > ServerConnection.streamWindow else { return .success(()) }
                state.writers.append(writer)
                return nil
            }
            if let outcome { writer.resume(with: outcome) }
        }
    }

    func finished(_ call: IncomingCall) {
        let (resumes, isLast) = state.withLock { state -> (Bool, Bool) in
            state.unanswered -= 1
            if state.isInputEnded { return (false, state.unanswered == 0) }
            guard state.isReadingPaused, state.unanswered < ServerConnection.maximumCalls / 2 else {
                return (false, false)
            }
            state.isReadingPaused = false
            return (true, false)
        }
        if isLast { flush() }
        // The edge that announced the waiting bytes was used up.
        if resumes { thread.execute { [self] _ in becameReady() } }
    }

    func close() {
        let ended = state.withLock { state -> State? in
            guard state.socket != nil else { return nil }
            let ended = state
            state.socket = nil
            state.queue = SendQueue()
            state.writers = []
            return ended
        }
        guard let ended, let socket = ended.socket else { return }
        thread.execute { loop in loop.deregister(socket.fd) }
        for writer in ended.writers { writer.resume(throwing: CancellationError()) }
        continuation.finish()
    }

    private func flush() {
        let (isOver, writers) = state.withLock { state -> (Bool, [CheckedContinuation<Void, any Error>]) in
            guard let socket = state.socket else {
                state.queue = SendQueue()
                return (false, [])
            }
            guard state.queue.flush(to: socket.fd) else { return (true, []) }
            if state.isInputEnded, state.unanswered == 0, state.queue.count == 0 { return (true, []) }
            guard state.queue.count <= ServerConnection.streamWindow / 2 else { return (false, []) }
            let writers = state.writers
            state.writers = []
            return (false, writers)
        }
        for writer in writers { writer.resume() }
        if isOver { close() }
    }

    private func becameReady() {
        flush()
        var hasEnded = false
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { buffer in
            while let received = receive(into: buffer) {
                switch received {
                case .bytes: continue
                case .nothing: return
                case .ended:
                    hasEnded = true
                    return
                }
            }
        }
        if hasEnded, isGone() { close() }
    }

    /// Whether the client is gone, and not only through with sending while answers to it are outstanding.
    private func isGone() -> Bool {
        state.withLock { state in
            guard let socket = state.socket else { return true }
            state.isInputEnded = true
            var entry = pollfd(fd: socket.fd, events: 0, revents: 0)
            let hasHungUp = poll(&entry, 1, 0) < 0 || Int32(entry.revents) & POLLHUP != 0
            return hasHungUp || (state.unanswered == 0 && state.queue.count == 0)
        }
    }

    /// Reads once; `nil` while the client has too many unanswered calls.
    private func receive(into buffer: UnsafeMutableRawBufferPointer) -> Received? {
        let socket = state.withLock { state -> OpenSocket? in
            guard let socket = state.socket else { return nil }
            if state.unanswered >= ServerConnection.maximumCalls {
                state.isReadingPaused = true
                return nil
            }
            return socket
        }
        guard let socket else { return nil }
        let received = Received.read(from: socket.fd, into: buffer)
        guard case .bytes(let count) = received else { return received }
        nonisolated(unsafe) let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        let actions = state.withLock { state in
            let actions = state.connection.receive(bytes)
            for case .handle in actions { state.unanswered += 1 }
            return actions
        }
        for action in actions {
            switch action {
            case .handle(let call): continuation.yield(call)
            case .send(let bytes): send(bytes)
            }
        }
        return received
    }
}
