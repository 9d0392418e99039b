enum StartCommand {
    static func make(_ path: String) -> Command {
        Command(
            path, "[OPTIONS] CONTAINER [CONTAINER...]", "Start one or more stopped containers",
            aliases: ["container start", "start"], .atLeast(1),
            flags: [
                .bool("attach", "a", "Attach STDOUT/STDERR and forward signals"),
                .string("detach-keys", nil, "Override the key sequence for detaching a container"),
                .bool("interactive", "i", "Attach container's STDIN"),
            ]
        ) { invocation in
            guard invocation.flags.bool("attach") || invocation.flags.bool("interactive") else {
                return try startAll(invocation)
            }
            guard invocation.arguments.count == 1 else {
                throw CommandFailure("you cannot start and attach multiple containers at once")
            }
            return try startAttached(invocation)
        }
    }

    private static func startAll(_ invocation: Invocation) throws -> Int32 {
        let engine = try invocation.engine()
        var failed: [String] = []
        for name in invocation.arguments {
            do {
                try engine.post("/containers/\(PercentEncoding.path(name))/start")
                invocation.console.print(name)
            } catch EngineError.unreachable(let host, let reason) {
                throw EngineError.unreachable(host, reason: reason)
            } catch {
                invocation.console.printError("\(error)")
                failed.append(name)
            }
        }
        guard failed.isEmpty else {
            throw CommandFailure("Error: failed to start containers: \(failed.joined(separator: ", "))")
        }
        return 0
    }

    private static func startAttached(_ invocation: Invocation) throws -> Int32 {
        let engine = try invocation.engine()
        let console = invocation.console
        let container = try engine.container(invocation.arguments[0])
        let id = container["Id"].text
        let hasTerminal = container["Config"]["Tty"].boolValue ?? false
        let takesInput = invocation.flags.bool("interactive") && container["Config"]["OpenStdin"].boolValue == true
        try TerminalCheck.verify(console, takesInput: takesInput, hasTerminal: hasTerminal)
        let session = try ContainerAttachment(
            engine: engine, console: console, id: id, hasTerminal: hasTerminal, keys: invocation.detachKeys
        ).open(input: takesInput, output: true, error: true, proxiesSignals: true)
        defer { session.close() }
        let removes = container["HostConfig"]["AutoRemove"].boolValue == true
        let wait = try ContainerWait(engine, container: id, condition: removes ? "removed" : "next-exit")
        do {
            try engine.post("/containers/\(id)/start")
        } catch {
            session.close()
            if removes { _ = try? wait.result() }
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
