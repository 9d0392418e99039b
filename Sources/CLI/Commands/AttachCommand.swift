enum AttachCommand {
    static func make(_ path: String) -> Command {
        Command(
            path, "[OPTIONS] CONTAINER",
            "Attach local standard input, output, and error streams to a running container",
            aliases: ["container attach", "attach"], .exactly(1),
            flags: [
                .string("detach-keys", nil, "Override the key sequence for detaching a container"),
                .bool("no-stdin", nil, "Do not attach STDIN"),
                .bool("sig-proxy", nil, "Proxy all received signals to the process", default: true),
            ]
        ) { invocation in
            let engine = try invocation.engine()
            let container = try engine.container(invocation.arguments[0])
            try verifyRunning(container["State"])
            let hasTerminal = container["Config"]["Tty"].boolValue ?? false
            let takesInput = !invocation.flags.bool("no-stdin") && container["Config"]["OpenStdin"].boolValue == true
            try TerminalCheck.verify(invocation.console, takesInput: takesInput, hasTerminal: hasTerminal)
            let id = container["Id"].text
            let wait = try ContainerWait(engine, container: id, condition: "")
            let session = try ContainerAttachment(
                engine: engine, console: invocation.console, id: id, hasTerminal: hasTerminal,
                keys: invocation.detachKeys
            ).open(
                input: takesInput, output: true, error: true,
                proxiesSignals: invocation.flags.bool("sig-proxy", default: true))
            defer { session.close() }
            redraw(session, invocation.console, hasTerminal: hasTerminal)
            switch try session.run(wait: wait) {
            case .detached: throw CommandFailure(DetachKeySequence.notice)
            case .signalled(let number): return 128 + number
            case .ended: return try ExitReport.status(session.exit, invocation.console)
            }
        }
    }

    private static func verifyRunning(_ state: JSONValue) throws(CommandFailure) {
        guard state["Running"].boolValue == true else {
            throw CommandFailure("cannot attach to a stopped container, start it first")
        }
        guard state["Paused"].boolValue != true else {
            throw CommandFailure("cannot attach to a paused container, unpause it first")
        }
        guard state["Restarting"].boolValue != true else {
            throw CommandFailure("cannot attach to a restarting container, wait until it is running")
        }
    }

    /// A changed size makes a shell print its prompt again for whoever attaches later.
    private static func redraw(_ session: AttachSession, _ console: Console, hasTerminal: Bool) {
        guard hasTerminal, let size = WindowSize.of(console.output) else { return }
        session.resize(WindowSize(rows: size.rows + 1, columns: size.columns + 1))
        session.announceSize()
    }
}
