internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// One connection to the attach socket. Output that a slow client has not taken waits in memory, then in an unlinked
/// file, so that the container never waits for it.
final class AttachClient {
    private static let longestGreeting = 4096

    private let socket: Descriptor
    private let context: StreamContext
    private unowned let server: AttachServer
    private var greetingBytes: [UInt8] = []
    private(set) var greeting: AttachGreeting?
    private weak var streams: ProcessStreams?
    private var queue: ClientQueue
    private var interest: EventLoop.Readiness = .readable
    private var inputHasEnded = false
    private var isFinishing = false
    private(set) var isClosed = false

    init(socket: consuming Descriptor, context: StreamContext, server: AttachServer) {
        self.socket = socket
        self.context = context
        self.server = server
        queue = ClientQueue()
    }

    func start() throws(SystemError) {
        try context.loop.register(socket.rawValue, interest) { [weak self] readiness in self?.ready(readiness) }
    }

    /// Whether so much waits that its process should be read no further, where that is allowed.
    var isSlow: Bool { queue.isLong }

    func wants(_ stream: OutputPump.Stream) -> Bool {
        stream == .stdout ? greeting?.stdout == true : greeting?.stderr == true
    }

    /// Queues a chunk of output. With a spool directory an unlimited amount may wait there.
    func send(_ stream: OutputPump.Stream, _ chunk: UnsafeRawBufferPointer, spoolDirectory: String?) {
        guard !isClosed, !isFinishing else { return }
        do throws(SystemError) {
            try queue.append(stream.rawValue, chunk, spoolDirectory: spoolDirectory)
        } catch {
            context.report("attach client dropped: \(error)")
            return close()
        }
        flush()
    }

    /// Sends what waits, then ends the connection.
    func finish() {
        isFinishing = true
        flush()
    }

    /// Reads on after standard input has taken what it was given.
    func inputDrained() { updateInterest() }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        context.loop.deregister(socket.rawValue)
        endInput()
        streams?.detach(self)
        server.remove(self)
    }

    private func ready(_ readiness: EventLoop.Readiness) {
        if readiness.contains(.writable) { flush() }
        guard !isClosed else { return }
        if readiness.contains(.readable) {
            receive()
        } else if !readiness.isDisjoint(with: [.hangup, .error]) {
            close()
        }
    }

    private func receive() {
        let buffer = context.input
        let count = recv(socket.rawValue, buffer.baseAddress, buffer.count, 0)
        if count < 0 {
            if errno != EAGAIN, errno != EINTR { close() }
            return
        }
        guard count > 0 else {
            if greeting == nil { return close() }
            endInput()
            return updateInterest()
        }
        take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        guard greeting == nil else { return input(bytes) }
        greetingBytes.append(contentsOf: bytes)
        guard let end = greetingBytes.firstIndex(of: 0x0A) else {
            if greetingBytes.count > AttachClient.longestGreeting { refuse("greeting is too long") }
            return
        }
        let rest = Array(greetingBytes[(end + 1)...])
        do throws(ShimError) {
            try attach(AttachGreeting(line: Array(greetingBytes[..<end])))
        } catch {
            return refuse(error.rpcError.message)
        }
        greetingBytes = []
        rest.withUnsafeBytes { if !$0.isEmpty { input($0) } }
    }

    private func attach(_ greeting: AttachGreeting) throws(ShimError) {
        let streams = try server.streams(greeting)
        self.greeting = greeting
        self.streams = streams
        queue.append(line: "{}\n")
        streams.attach(self)
        flush()
    }

    private func refuse(_ message: String) {
        var text = Array(message.utf8)
        let escaped = ByteBuffer(capacity: 256)
        text.withUnsafeMutableBufferPointer { JSONText.escape(UnsafeBufferPointer($0), into: escaped) }
        queue.append(line: "{\"error\":\"\(String(decoding: escaped.contents, as: UTF8.self))\"}\n")
        finish()
    }

    private func input(_ bytes: UnsafeRawBufferPointer) {
        guard greeting?.stdin == true, !inputHasEnded else { return }
        streams?.input(bytes)
        updateInterest()
    }

    private func endInput() {
        guard !inputHasEnded else { return }
        inputHasEnded = true
        if greeting?.stdin == true { streams?.clientInputEnded() }
    }

    private func flush() {
        guard !isClosed else { return }
        let wasSlow = queue.isLong
        guard queue.flush(to: socket.rawValue) else { return close() }
        if wasSlow, !queue.isLong { streams?.clientCaughtUp() }
        if isFinishing, queue.isEmpty {
            shutdown(socket.rawValue, Int32(SHUT_RDWR))
            return close()
        }
        updateInterest()
    }

    private func updateInterest() {
        guard !isClosed else { return }
        var wanted: EventLoop.Readiness = []
        if !inputHasEnded, streams?.isInputFull != true { wanted.insert(.readable) }
        if !queue.isEmpty { wanted.insert(.writable) }
        guard wanted != interest else { return }
        interest = wanted
        try? context.loop.modify(socket.rawValue, wanted)
    }
}
