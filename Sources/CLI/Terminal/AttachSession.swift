import Glibc

/// Joins this terminal (or these pipes) to a container's streams until they end or the user detaches.
///
/// One poll loop serves the stream, stdin, signals and, for `run`, the answer of the wait call.
final class AttachSession {
    struct Options {
        var takesInput: Bool
        /// Whether the container has a terminal: its output is raw, and ours goes into raw mode.
        var hasTerminal: Bool
        var proxiesSignals: Bool
        var detachKeys: DetachKeySequence
    }

    enum Outcome: Equatable {
        case ended
        case detached
        /// A signal that was not passed on asked this program to end.
        case signalled(Int32)
    }

    private let console: Console
    private let stream: HijackedStream
    private let options: Options
    private let signals: SignalQueue?
    private let terminal: RawTerminal?
    private var demultiplexer = StreamDemultiplexer()
    private var watcher: DetachKeyWatcher
    private var outgoing: [UInt8] = []
    private var inputEnded: Bool
    private var streamEnded = false
    private(set) var exit: WaitedExit?

    /// Tells the engine the terminal's size.
    var resize: (WindowSize) -> Void = { _ in }
    /// Passes a signal on.
    var forward: (String) -> Void = { _ in }

    init(console: Console, stream: HijackedStream, options: Options) throws {
        self.console = console
        self.stream = stream
        self.options = options
        watcher = DetachKeyWatcher(options.detachKeys)
        inputEnded = !options.takesInput
        let usesTerminal = options.hasTerminal && options.takesInput && console.isInputTerminal
        terminal = usesTerminal ? RawTerminal(console.input) : nil
        if options.proxiesSignals && !options.hasTerminal {
            signals = try SignalQueue(SignalQueue.forwardable)
        } else if options.hasTerminal && console.isOutputTerminal {
            signals = try SignalQueue(SignalQueue.ending + [SIGWINCH])
        } else {
            signals = nil
        }
        terminal?.enter()
    }

    /// Sends the present size of the terminal.
    func announceSize() {
        guard options.hasTerminal, let size = WindowSize.of(console.output) else { return }
        resize(size)
    }

    func close() {
        terminal?.restore()
    }

    /// Runs until the streams have ended and, if `wait` is given, the container's exit is known.
    func run(wait: ContainerWait? = nil) throws -> Outcome {
        defer { terminal?.restore() }
        try deliver(stream.early[...])
        exit = try wait?.buffered()
        while !streamEnded || (wait != nil && exit == nil) {
            if let outcome = try turn(wait) { return outcome }
        }
        return .ended
    }

    private func turn(_ wait: ContainerWait?) throws -> Outcome? {
        var entries = [
            pollfd(fd: streamEnded ? -1 : stream.socket.rawValue, events: streamEvents, revents: 0),
            pollfd(fd: inputEnded || !outgoing.isEmpty ? -1 : console.input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: exit == nil ? wait?.descriptor ?? -1 : -1, events: Int16(POLLIN), revents: 0),
        ]
        guard retrying({ poll(&entries, nfds_t(entries.count), -1) }) >= 0 else {
            throw CommandFailure("poll: \(SystemText.current)")
        }
        let ready = entries.map(\.revents)
        if ready[2] != 0, let outcome = try takeSignals() { return outcome }
        if ready[1] != 0, try takeInput() { return .detached }
        if ready[0] & Int16(POLLOUT) != 0 { try sendOutgoing() }
        if ready[0] & ~Int16(POLLOUT) != 0 { try takeOutput() }
        if ready[3] != 0 { exit = try wait?.available() }
        return nil
    }

    private var streamEvents: Int16 {
        Int16(POLLIN) | (outgoing.isEmpty ? 0 : Int16(POLLOUT))
    }

    private func takeOutput() throws {
        let bytes = try stream.socket.receive()
        if bytes.isEmpty {
            streamEnded = true
            inputEnded = true
            outgoing = []
            return
        }
        try deliver(bytes[...])
    }

    private func deliver(_ bytes: ArraySlice<UInt8>) throws {
        guard !options.hasTerminal else { return Console.write(bytes, to: console.output) }
        try demultiplexer.feed(bytes) { target, piece in
            Console.write(piece, to: target == .output ? console.output : console.errorOutput)
        }
    }

    /// Reads stdin once; true when the user typed the detach keys.
    private func takeInput() throws -> Bool {
        let bytes = (try? FileBytes.next(console.input, "stdin")) ?? []
        if bytes.isEmpty {
            inputEnded = true
            stream.socket.finishSending()
            return false
        }
        guard options.hasTerminal else {
            outgoing = bytes
            try sendOutgoing()
            return false
        }
        let (passed, detached) = watcher.feed(bytes)
        outgoing = passed
        try sendOutgoing()
        return detached
    }

    private func sendOutgoing() throws {
        guard !outgoing.isEmpty else { return }
        do {
            outgoing.removeFirst(try stream.socket.sendSome(outgoing[...]))
        } catch {
            // The other side takes no more input; its output may still come.
            outgoing = []
            inputEnded = true
        }
    }

    private func takeSignals() throws -> Outcome? {
        while let number = try signals?.next() {
            if number == SIGWINCH && options.hasTerminal {
                announceSize()
            } else if options.proxiesSignals && !options.hasTerminal {
                forward(SignalQueue.name(of: number))
            } else {
                return .signalled(number)
            }
        }
        return nil
    }
}
