internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// The standard streams of one process: the ends given to it, and what the shim does with the others.
final class ProcessStreams {
    /// How long an exit may wait for output that readers have not taken.
    private static let drainLimit: UInt64 = 2_000_000_000

    /// The runtime's own standard descriptors, which become the process's.
    struct ChildEnds: ~Copyable {
        var stdin: Descriptor
        var stdout: Descriptor
        var stderr: Descriptor
    }

    let plan: StdioPlan
    private let context: StreamContext
    private let owner: StreamOwner
    private var program: LoggingProgram?
    private let log: LogFile?
    private let spoolDirectory: String?
    private var pumps: [OutputPump] = []
    private var input: RawSink?
    private var earlyInput: [UInt8] = []
    private var inputSource: InputSource?
    private var keepsInput = false
    private var terminal: Descriptor?
    private var clients: [ObjectIdentifier: AttachClient] = [:]
    private var drained: (() -> Void)?
    private var hasExited = false

    init(_ plan: StdioPlan, owner: StreamOwner, context: StreamContext) throws(ShimError) {
        self.plan = plan
        self.owner = owner
        self.context = context
        let destinations = [plan.output, plan.errors].compactMap { output -> LogDestination? in
            if case .log(let destination) = output { destination } else { nil }
        }
        do throws(SystemError) {
            // Both streams of a process share one log.
            log = try destinations.first.map { destination throws(SystemError) in
                try LogFile(destination, compressor: .gzip(context.reaper), report: context.report)
            }
        } catch {
            throw .system(error)
        }
        spoolDirectory = destinations.first.map { destination in
            destination.path.lastIndex(of: "/").map { String(destination.path[..<$0]) } ?? "/"
        }
    }

    /// Starts what has to be there before the process, a logging program; calls `completion` at once where nothing has.
    func prepare(_ completion: @escaping (Result<Void, ShimError>) -> Void) {
        guard case .program(let uri) = plan.output else { return completion(.success(())) }
        do throws(SystemError) {
            program = try LoggingProgram(uri, owner: owner, context: context, whenReady: completion)
        } catch {
            completion(.failure(.system(error)))
        }
    }

    /// Makes the process's ends; without a terminal the shim's ends with them.
    func open() throws(SystemError) -> ChildEnds {
        guard !plan.terminal else {
            return ChildEnds(stdin: try null(), stdout: try null(), stderr: try null())
        }
        if let program {
            let ends = try program.takeEnds()
            return ChildEnds(stdin: try openInput(), stdout: ends.output, stderr: ends.errors)
        }
        return ChildEnds(
            stdin: try openInput(), stdout: try openOutput(.stdout, plan.output),
            stderr: try openOutput(.stderr, plan.errors))
    }

    /// Begins to read, once the process exists; with a terminal, its master comes here.
    func begin(terminal master: consuming Descriptor?) throws(SystemError) {
        if let master {
            resize(master.rawValue, width: plan.width, height: plan.height)
            let reading = try master.duplicate()
            _ = linux_fcntl(master.rawValue, F_SETFL, Int(O_NONBLOCK))
            try makePump(.stdout, plan.output, source: reading)
            try connectInput(to: try master.duplicate())
            terminal = consume master
        }
        for pump in pumps {
            pump.onProgress = { [weak self] in self?.checkDrained() }
            try pump.start()
        }
    }

    /// Sets the terminal's size.
    func resize(width: UInt32, height: UInt32) throws(ShimError) {
        let fd = terminal?.rawValue ?? -1
        guard fd >= 0 else { throw .state("process has no terminal") }
        resize(fd, width: UInt16(clamping: width), height: UInt16(clamping: height))
    }

    /// Closes standard input after what is on its way to it.
    func closeInput() {
        if let inputSource, inputSource.isOpen { return inputSource.finish() }
        inputSource = nil
        if !plan.terminal { input?.closeWhenDrained() }
    }

    /// Calls `completion` once what the ended process wrote is in the log and handed to clients; a descendant that
    /// holds the streams open is not waited for, nor a stuck reader for long.
    func processEnded(_ completion: @escaping () -> Void) {
        hasExited = true
        drained = completion
        context.loop.schedule(after: ProcessStreams.drainLimit) { [weak self] in self?.finishDraining() }
        checkDrained()
    }

    /// Lets go of everything; clients still get what waits for them.
    func close() {
        finishDraining()
        for pump in pumps { pump.close() }
        inputSource?.close()
        input?.close()
        program?.close()
        for client in clients.values { client.finish() }
        terminal = nil
    }

    // MARK: Attach clients

    func attach(_ client: AttachClient) {
        if hasExited, drained == nil { return client.finish() }
        clients[ObjectIdentifier(client)] = client
    }

    func detach(_ client: AttachClient) {
        clients[ObjectIdentifier(client)] = nil
        clientCaughtUp()
    }

    var isInputFull: Bool { input?.isFull ?? awaitsInput }

    func input(_ bytes: UnsafeRawBufferPointer) {
        if let input { input.write(bytes) } else if awaitsInput { earlyInput.append(contentsOf: bytes) }
    }

    /// A client may send before the process is started: its input waits for the process's end of the stream.
    private var awaitsInput: Bool {
        guard input == nil, !hasExited, case .attach = plan.input else { return false }
        return true
    }

    func clientInputEnded() {
        if !keepsInput { closeInput() }
    }

    func clientCaughtUp() {
        guard pumps.contains(where: \.isHeldBack), !mustHoldBack else { return }
        for pump in pumps { pump.isHeldBack = false }
        checkDrained()
    }

    /// Only where nothing else wants the output may a slow client slow its process.
    private var mustHoldBack: Bool { log == nil && clients.count == 1 && clients.values.allSatisfy(\.isSlow) }

    private func deliver(_ stream: OutputPump.Stream, _ chunk: UnsafeRawBufferPointer) {
        guard !clients.isEmpty else { return }
        let spool = log == nil && clients.count == 1 ? nil : spoolDirectory ?? "."
        for client in clients.values where client.wants(stream) {
            client.send(stream, chunk, spoolDirectory: spool)
        }
        if mustHoldBack { for pump in pumps { pump.isHeldBack = true } }
    }

    // MARK: Draining

    private func checkDrained() {
        guard drained != nil, pumps.allSatisfy({ $0.drain() && !$0.isHeldBack }) else { return }
        finishDraining()
    }

    private func finishDraining() {
        guard let completion = drained else { return }
        drained = nil
        // A client that is behind keeps its process's streams until it has caught up.
        if !pumps.contains(where: \.isHeldBack) { for client in clients.values { client.finish() } }
        completion()
    }

    // MARK: Opening

    private func null() throws(SystemError) -> Descriptor { try .open("/dev/null", O_RDWR) }

    private func openInput() throws(SystemError) -> Descriptor {
        guard plan.input != .null else { return try null() }
        let (reading, writing) = try makePipe()
        _ = linux_fcntl(writing, F_SETFL, Int(O_NONBLOCK))
        try connectInput(to: Descriptor(owning: writing))
        return Descriptor(owning: reading)
    }

    private func connectInput(to descriptor: consuming Descriptor) throws(SystemError) {
        if plan.input == .null { return }
        let sink = RawSink(descriptor, loop: context.loop)
        sink.onDrain = { [weak self] in self?.inputDrained() }
        input = sink
        earlyInput.withUnsafeBytes { if !$0.isEmpty { sink.write($0) } }
        earlyInput = []
        for client in clients.values { client.inputDrained() }
        switch plan.input {
        case .null: break
        case .attach(let keep): keepsInput = keep
        case .fifo(let path):
            let source = try InputSource(path: path, sink: sink, context: context)
            source.onEnd = { [weak self] in self?.closeInput() }
            inputSource = source
        }
    }

    private func inputDrained() {
        inputSource?.sinkDrained()
        for client in clients.values { client.inputDrained() }
    }

    private func makePipe() throws(SystemError) -> (reading: Int32, writing: Int32) {
        let ends = try StreamPipe.make()
        // A process of that user may open them anew, by /proc or /dev/stdout.
        guard owner.user > 0 || owner.group > 0 else { return ends }
        for fd in [ends.reading, ends.writing] { fchown(fd, owner.user, owner.group) }
        return ends
    }

    private func openOutput(_ stream: OutputPump.Stream, _ output: StdioPlan.Output) throws(SystemError) -> Descriptor {
        if case .null = output { return try null() }
        let (reading, writing) = try makePipe()
        let end = Descriptor(owning: writing)
        try makePump(stream, output, source: Descriptor(owning: reading))
        return end
    }

    private func makePump(
        _ stream: OutputPump.Stream, _ output: StdioPlan.Output, source: consuming Descriptor
    ) throws(SystemError) {
        var sink: RawSink?
        switch output {
        // Opened for both directions, so that it neither waits for its reader nor fails without one.
        case .fifo(let path): sink = RawSink(try .open(path, O_RDWR | O_NONBLOCK), loop: context.loop)
        case .file(let path):
            if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
                try File.makeDirectories(String(path[..<slash]))
            }
            sink = RawSink(try .open(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o640), loop: context.loop)
        case .program:
            // Only a terminal's output passes through here; it has no errors of its own.
            if let ends = try program?.takeEnds() {
                let end = ends.output.release()
                _ = linux_fcntl(end, F_SETFL, Int(O_NONBLOCK))
                sink = RawSink(Descriptor(owning: end), loop: context.loop)
            }
        default: break
        }
        var usesLog = false
        if case .log = output { usesLog = true }
        pumps.append(
            OutputPump(stream, source: source, context: context, log: usesLog ? log : nil, sink: sink) {
                [unowned self] in deliver($0, $1)
            })
    }

    private func resize(_ fd: Int32, width: UInt16, height: UInt16) {
        guard width > 0, height > 0 else { return }
        var size = winsize(ws_row: height, ws_col: width, ws_xpixel: 0, ws_ypixel: 0)
        _ = linux_ioctl_pointer(fd, UInt(TIOCSWINSZ), &size)
    }
}
