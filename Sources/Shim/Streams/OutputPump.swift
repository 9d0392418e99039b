internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// Reads one output stream of a process and hands each chunk to the log, the attach clients and a raw sink.
final class OutputPump {
    /// One stream as attach clients know it.
    enum Stream: UInt8 {
        case stdout = 1
        case stderr = 2
    }

    /// How much is read before other descriptors get their turn.
    private static let readsPerTurn = 16
    private static let batch = 192 << 10

    let stream: Stream
    private let source: Descriptor
    private let context: StreamContext
    private let log: LogFile?
    private var encoder: JSONLogEncoder?
    private var localEncoder: LocalLogEncoder?
    private let sink: RawSink?
    private let deliver: (Stream, UnsafeRawBufferPointer) -> Void
    private var isRegistered = false
    private(set) var isEnded = false
    /// Set while an attach client that is the only reader is too slow.
    var isHeldBack = false { didSet { if oldValue != isHeldBack { updateInterest() } } }
    /// Called when the end of the stream is reached, or reading goes on after a pause.
    var onProgress: () -> Void = {}

    init(
        _ stream: Stream, source: consuming Descriptor, context: StreamContext, log: LogFile?, sink: RawSink?,
        deliver: @escaping (Stream, UnsafeRawBufferPointer) -> Void
    ) {
        self.stream = stream
        self.source = source
        self.context = context
        self.log = log
        self.sink = sink
        self.deliver = deliver
        let name: StaticString = stream == .stdout ? "stdout" : "stderr"
        switch log?.format {
        case .jsonFile: encoder = JSONLogEncoder(stream: name)
        case .local: localEncoder = LocalLogEncoder(stream: name)
        case nil: break
        }
    }

    var fd: Int32 { source.rawValue }
    private var isPaused: Bool { isHeldBack || sink?.isFull == true }

    func start() throws(SystemError) {
        _ = linux_fcntl(fd, F_SETFL, Int(O_NONBLOCK))
        try context.loop.register(fd, .readable) { [weak self] _ in self?.read(turns: OutputPump.readsPerTurn) }
        isRegistered = true
        sink?.onDrain = { [weak self] in self?.sinkDrained() }
    }

    /// Reads what is there now. True when nothing is left that the process wrote.
    func drain() -> Bool {
        guard isRegistered else { return true }
        let isDry = read(turns: .max)
        if isDry { finishLine() }
        return isDry && (sink?.isFull != true)
    }

    /// Stops reading and closes the stream.
    func close() {
        sink?.close()
        guard isRegistered else { return }
        isRegistered = false
        context.loop.deregister(fd)
        finishLine()
    }

    private func sinkDrained() {
        updateInterest()
        onProgress()
    }

    private func updateInterest() {
        guard isRegistered, !isEnded else { return }
        try? context.loop.modify(fd, isPaused ? [] : .readable)
    }

    /// True when the stream is empty or has ended.
    @discardableResult
    private func read(turns: Int) -> Bool {
        guard !isEnded else { return true }
        defer { context.usedBuffers() }
        var isDry = false
        for _ in 0..<turns where !isPaused {
            let count = Glibc.read(fd, context.input.baseAddress, context.input.count)
            if count > 0 {
                take(UnsafeRawBufferPointer(rebasing: context.input[..<count]))
                continue
            }
            if count < 0, errno == EINTR { continue }
            isDry = true
            // A terminal whose other side is closed reads as EIO.
            if count == 0 || errno != EAGAIN { end() }
            break
        }
        writeLog()
        if isPaused { updateInterest() }
        if isEnded { onProgress() }
        return isDry
    }

    private func take(_ chunk: UnsafeRawBufferPointer) {
        if log != nil {
            encoder?.encode(chunk, time: .now(), into: context.records)
            localEncoder?.encode(chunk, nanoseconds: LogTimestamp.nanoseconds(), into: context.records)
            if context.records.count >= OutputPump.batch { writeLog() }
        }
        sink?.write(chunk)
        deliver(stream, chunk)
    }

    private func end() {
        isEnded = true
        context.loop.deregister(fd)
        finishLine()
        sink?.closeWhenDrained()
    }

    private func finishLine() {
        guard log != nil else { return }
        encoder?.finish(time: .now(), into: context.records)
        localEncoder?.finish(nanoseconds: LogTimestamp.nanoseconds(), into: context.records)
        writeLog()
    }

    private func writeLog() {
        guard context.records.count > 0 else { return }
        log?.write(context.records.contents)
        context.records.clear()
    }
}
