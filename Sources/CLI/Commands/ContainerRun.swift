/// `run`: create, join, start, and stay until the container ends.
struct ContainerRun {
    static let attachConflict = "conflicting options: cannot specify both --attach and --detach"

    private let invocation: Invocation
    private let configuration: ContainerConfiguration
    private let isDetached: Bool

    init(_ invocation: Invocation) throws(CommandFailure) {
        self.invocation = invocation
        let flags = invocation.flags
        isDetached = flags.bool("detach")
        configuration = ContainerConfiguration(
            flags: flags, environment: invocation.context.environment, image: invocation.arguments[0],
            command: Array(invocation.arguments.dropFirst()))
        try PullPolicy.verify(flags.string("pull", default: "missing"))
        guard !isDetached || flags.list("attach").isEmpty else {
            throw CommandFailure(Self.attachConflict)
        }
    }

    private var console: Console { invocation.console }

    private func attaches(_ stream: String) -> Bool {
        configuration.attaches(stream, detached: isDetached)
    }

    func run() throws -> Int32 {
        let body = try configuration.body(
            detached: isDetached, console: configuration.hasTerminal ? WindowSize.of(console.output) : nil)
        if !isDetached {
            try TerminalCheck.verify(
                console, takesInput: attaches("stdin"), hasTerminal: configuration.hasTerminal)
        }
        let id = try ContainerCreation(invocation: invocation).create(body)
        if isDetached {
            try invocation.engine().post("/containers/\(id)/start")
            console.print(id)
            return 0
        }
        return try startAttached(id)
    }

    private func startAttached(_ id: String) throws -> Int32 {
        let engine = try invocation.engine()
        let attachment = ContainerAttachment(
            engine: engine, console: console, id: id,
            hasTerminal: configuration.hasTerminal, keys: invocation.detachKeys)
        let session = try attachment.open(
            input: attaches("stdin"), output: attaches("stdout"), error: attaches("stderr"),
            proxiesSignals: invocation.flags.bool("sig-proxy", default: true))
        defer { session.close() }
        let wait = try ContainerWait(
            engine, container: id, condition: configuration.removesItself ? "removed" : "next-exit")
        do {
            try engine.post("/containers/\(id)/start")
        } catch {
            session.close()
            // The engine removes a container that was to remove itself; then the failure is told.
            if configuration.removesItself { _ = try? wait.result() }
            throw error
        }
        session.announceSize()
        switch try session.run(wait: wait) {
        case .detached: return 0
        case .signalled(let number): return 128 + number
        case .ended: return try ExitReport.status(session.exit, console)
        }
    }
}
