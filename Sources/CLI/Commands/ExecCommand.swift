enum ExecCommand {
    static func make(_ path: String) -> Command {
        Command(
            path, "[OPTIONS] CONTAINER COMMAND [ARG...]", "Execute a command in a running container",
            aliases: ["container exec", "exec"], .atLeast(2),
            flags: [
                .bool("detach", "d", "Detached mode: run command in the background"),
                .string("detach-keys", nil, "Override the key sequence for detaching a container"),
                .list("env", "e", "Set environment variables", check: FlagChecks.environment),
                .list("env-file", nil, "Read in a file of environment variables"),
                .bool("interactive", "i", "Keep STDIN open even if not attached"),
                .bool("privileged", nil, "Give extended privileges to the command"),
                .bool("tty", "t", "Allocate a pseudo-TTY"),
                .string("user", "u", "Username or UID (format: \"<name|uid>[:<group|gid>]\")"),
                .string("workdir", "w", "Working directory inside the container"),
            ], interspersed: false, run: run)
    }

    private static func run(_ invocation: Invocation) throws -> Int32 {
        let flags = invocation.flags
        let engine = try invocation.engine()
        let isDetached = flags.bool("detach")
        let hasTerminal = flags.bool("tty")
        let takesInput = flags.bool("interactive") && !isDetached
        try TerminalCheck.verify(invocation.console, takesInput: takesInput, hasTerminal: hasTerminal)
        let size = hasTerminal ? WindowSize.of(invocation.console.output) : nil
        let id = try create(invocation, engine, takesInput: takesInput, size: size)
        guard !isDetached else {
            try engine.post("/exec/\(id)/start", body: ["Detach": true, "Tty": .bool(hasTerminal)])
            return 0
        }
        var body: JSONObject = JSONObject([("Detach", false), ("Tty", .bool(hasTerminal))])
        if let size { body["ConsoleSize"] = [JSONValue(size.rows), JSONValue(size.columns)] }
        let stream = try engine.hijack(EngineRequest("POST", "/exec/\(id)/start", body: .json(.object(body))))
        let session = try AttachSession(
            console: invocation.console, stream: stream,
            options: .init(
                takesInput: takesInput, hasTerminal: hasTerminal, proxiesSignals: false,
                detachKeys: DetachKeySequence(parsing: invocation.detachKeys) ?? .standard))
        defer { session.close() }
        session.resize = { size in _ = try? engine.post("/exec/\(id)/resize", query: size.query) }
        session.announceSize()
        switch try session.run() {
        case .detached: throw CommandFailure(DetachKeySequence.notice)
        case .signalled(let number): return 128 + number
        case .ended: return Int32(truncatingIfNeeded: try engine.get("/exec/\(id)/json")["ExitCode"].integer)
        }
    }

    private static func create(
        _ invocation: Invocation, _ engine: EngineClient, takesInput: Bool, size: WindowSize?
    ) throws -> String {
        let flags = invocation.flags
        let isDetached = flags.bool("detach")
        var body = JSONObject()
        body["User"] = .string(flags.string("user"))
        body["Privileged"] = .bool(flags.bool("privileged"))
        body["Tty"] = .bool(flags.bool("tty"))
        body["AttachStdin"] = .bool(takesInput)
        body["AttachStdout"] = .bool(!isDetached)
        body["AttachStderr"] = .bool(!isDetached)
        body["Detach"] = .bool(isDetached)
        body["DetachKeys"] = .string(invocation.detachKeys)
        body["Env"] = JSONValue(
            try EnvironmentVariables.gather(
                files: flags.list("env-file"), values: flags.list("env"),
                environment: invocation.context.environment))
        body["WorkingDir"] = .string(flags.string("workdir"))
        body["Cmd"] = JSONValue(invocation.arguments.dropFirst())
        if let size { body["ConsoleSize"] = [JSONValue(size.rows), JSONValue(size.columns)] }
        let name = PercentEncoding.path(invocation.arguments[0])
        return try engine.postJSON("/containers/\(name)/exec", body: .object(body))["Id"].text
    }
}
