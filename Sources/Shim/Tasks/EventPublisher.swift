internal import Glibc
internal import LinuxSystem
internal import SwiftProtobuf
internal import TTRPC
internal import TaskProtocol

/// Delivers a shim's events in order to `containerd.services.events.ttrpc.v1.Events` of its supervisor, and keeps
/// them while that is away.
final class EventPublisher {
    private static let service = "containerd.services.events.ttrpc.v1.Events"
    private static let longestRetry: UInt64 = 30_000_000_000
    private static let capacity = 4096

    private let address: String
    private let namespace: String
    private let loop: EventLoop
    private var waiting: [[UInt8]] = []
    private var socket: Descriptor?
    private var state = ClientConnectionState()
    private var queue = SendQueue()
    private var inFlight: UInt32?
    private var retry: EventLoop.Timer?
    private var delay: UInt64 = 500_000_000
    private var isFinishing = false
    /// Called when nothing waits any more.
    var onIdle: () -> Void = {}

    init(address: String, namespace: String, loop: EventLoop) {
        self.address = address
        self.namespace = namespace
        self.loop = loop
    }

    var isIdle: Bool { waiting.isEmpty }

    func publish(_ topic: String, _ event: some Message) {
        guard !address.isEmpty else { return }
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var request = Containerd_Services_Events_Ttrpc_V1_ForwardRequest()
        request.envelope.timestamp = Google_Protobuf_Timestamp(
            seconds: Int64(time.tv_sec), nanos: Int32(time.tv_nsec))
        request.envelope.namespace = namespace
        request.envelope.topic = topic
        // Containerd's type URLs have no host.
        request.envelope.event.typeURL = type(of: event).protoMessageName
        request.envelope.event.value = (try? event.serializedData()) ?? .init()
        guard let bytes: [UInt8] = try? request.serializedBytes() else { return }
        if waiting.count >= EventPublisher.capacity { waiting.removeFirst() }
        waiting.append(bytes)
        advance()
    }

    /// Tries at once; called when there is a sign that the supervisor is back.
    func supervisorIsBack() {
        delay = 500_000_000
        guard let timer = retry else { return }
        loop.cancel(timer)
        retry = nil
        advance()
    }

    /// Delivers what waits where somebody is there to take it, and drops it otherwise: a supervisor that was killed after
    /// it had deleted the container has no use for it, nor has the next one.
    func finish() {
        isFinishing = true
        supervisorIsBack()
    }

    private func advance() {
        guard inFlight == nil, retry == nil, let next = waiting.first else { return }
        do {
            try connect()
            let (stream, bytes) = try state.open(
                service: EventPublisher.service, method: "Forward", payload: next, timeout: 0, streaming: false)
            inFlight = stream
            queue.append(bytes)
            flush()
        } catch {
            disconnect()
        }
    }

    private func connect() throws(SystemError) {
        guard socket == nil else { return }
        let connection = try UnixSocket.connect(to: address)
        try loop.register(connection.rawValue, .readable) { [unowned self] in ready($0) }
        state = ClientConnectionState()
        socket = consume connection
    }

    private func disconnect() {
        if let fd = socket?.rawValue { loop.deregister(fd) }
        socket = nil
        queue = SendQueue()
        inFlight = nil
        guard retry == nil, !waiting.isEmpty else { return }
        if isFinishing {
            waiting = []
            return onIdle()
        }
        retry = loop.schedule(after: delay) { [unowned self] in
            retry = nil
            advance()
        }
        delay = min(delay * 2, EventPublisher.longestRetry)
    }

    private func ready(_ readiness: EventLoop.Readiness) {
        if readiness.contains(.writable) { flush() }
        guard let fd = socket?.rawValue, !readiness.isDisjoint(with: [.readable, .hangup, .error]) else { return }
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 16) { buffer in
            switch Received.read(from: fd, into: buffer) {
            case .nothing: break
            case .ended: disconnect()
            case .bytes(let count):
                for action in state.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { perform(action) }
            }
        }
    }

    private func perform(_ action: ClientConnectionState.Action) {
        guard case .finish(let stream, _) = action, stream == inFlight else { return }
        // An event that the supervisor refuses is not tried again: it would hold up those behind it.
        inFlight = nil
        delay = 500_000_000
        waiting.removeFirst()
        if waiting.isEmpty { onIdle() } else { advance() }
    }

    private func flush() {
        guard let fd = socket?.rawValue else { return }
        guard queue.flush(to: fd) else { return disconnect() }
        try? loop.modify(fd, queue.count > 0 ? [.readable, .writable] : .readable)
    }
}
