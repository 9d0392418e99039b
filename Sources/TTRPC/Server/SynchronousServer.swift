public import LinuxSystem
public import SwiftProtobuf

/// A ttrpc server without concurrency runtime: everything happens on the thread of its ``EventLoop``.
/// For programs that have to stay small.
public final class SynchronousServer {
    /// Answers one call, now or later; answering after the client has gone does nothing.
    public struct Responder {
        fileprivate weak var connection: SynchronousConnection?
        fileprivate let stream: UInt32

        /// Whether the client is still there.
        public var isConnected: Bool { connection != nil }

        /// Ends the call with a message.
        public func succeed(_ answer: some Message) {
            let bytes: [UInt8] = (try? answer.serializedBytes()) ?? []
            connection?.send(ServerConnectionState.response(on: stream, .success(bytes)))
        }

        /// Ends the call with an error.
        public func fail(_ error: RPCError) {
            connection?.send(ServerConnectionState.response(on: stream, .failure(error)))
        }
    }

    /// Handles one call.
    public typealias Handler = (IncomingCall, Responder) -> Void

    private let loop: EventLoop
    private let listener: Descriptor
    private let handler: Handler
    private let onConnect: () -> Void
    private var connections: [ObjectIdentifier: SynchronousConnection] = [:]

    /// Serves on a listening, non-blocking socket; `onConnect` is called for each new client.
    public init(
        loop: EventLoop, listener: consuming Descriptor, onConnect: @escaping () -> Void, handler: @escaping Handler
    ) throws(SystemError) {
        self.loop = loop
        self.listener = listener
        self.handler = handler
        self.onConnect = onConnect
        try loop.register(self.listener.rawValue, .readable) { [unowned self] _ in accept() }
    }

    /// Whether an answer still waits to be sent.
    public var hasUnsentAnswers: Bool { connections.values.contains { $0.hasUnsent } }

    private func accept() {
        do throws(SystemError) {
            // A burst waits in the kernel; those that are accepted have their turn between.
            for _ in 0..<16 {
                guard let socket = try UnixSocket.accept(from: listener.rawValue) else { return }
                let connection = SynchronousConnection(socket: socket, loop: loop, server: self)
                try connection.start()
                connections[ObjectIdentifier(connection)] = connection
                onConnect()
            }
        } catch {
            // Out of descriptors or memory: the waiting connection would make the loop spin, so let it wait.
            try? loop.modify(listener.rawValue, [])
            loop.schedule(after: 100_000_000) { [weak self] in
                guard let self else { return }
                try? self.loop.modify(self.listener.rawValue, .readable)
            }
        }
    }

    fileprivate func handle(_ call: IncomingCall, on connection: SynchronousConnection) {
        handler(call, Responder(connection: connection, stream: call.stream))
    }

    fileprivate func remove(_ connection: SynchronousConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }
}

/// One client's connection to a ``SynchronousServer``.
private final class SynchronousConnection {
    /// Unsent bytes beyond which the client is not read from.
    private static let window = 8 << 20

    private let socket: Descriptor
    private let loop: EventLoop
    private unowned let server: SynchronousServer
    private var state = ServerConnectionState()
    private var queue = SendQueue()
    private var interest: EventLoop.Readiness = .readable
    private var isClosed = false

    var hasUnsent: Bool { queue.count > 0 }

    init(socket: consuming Descriptor, loop: EventLoop, server: SynchronousServer) {
        self.socket = socket
        self.loop = loop
        self.server = server
    }

    func start() throws(SystemError) {
        try loop.register(socket.rawValue, interest) { [weak self] readiness in self?.ready(readiness) }
    }

    func send(_ bytes: [UInt8]) {
        guard !isClosed else { return }
        queue.append(bytes)
        flush()
    }

    private func ready(_ readiness: EventLoop.Readiness) {
        if readiness.contains(.writable) { flush() }
        guard !isClosed, !readiness.isDisjoint(with: [.readable, .hangup, .error]) else { return }
        withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 16) { buffer in
            switch Received.read(from: socket.rawValue, into: buffer) {
            case .nothing: break
            case .ended: close()
            case .bytes(let count):
                for action in state.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { perform(action) }
            }
        }
    }

    private func perform(_ action: ServerConnectionState.Action) {
        switch action {
        case .send(let bytes): send(bytes)
        case .handle(let call): server.handle(call, on: self)
        }
    }

    private func flush() {
        guard queue.flush(to: socket.rawValue) else { return close() }
        var wanted: EventLoop.Readiness = queue.count > SynchronousConnection.window ? [] : .readable
        if queue.count > 0 { wanted.insert(.writable) }
        guard wanted != interest else { return }
        interest = wanted
        try? loop.modify(socket.rawValue, wanted)
    }

    private func close() {
        guard !isClosed else { return }
        isClosed = true
        loop.deregister(socket.rawValue)
        server.remove(self)
    }
}
