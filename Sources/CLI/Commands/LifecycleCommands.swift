/// Commands that do one thing to each container named: stop, restart, kill, pause, unpause, rm, wait, rename.
enum LifecycleCommands {
    private static let stopping: [Flag] = [
        .string("signal", "s", "Signal to send to the container"),
        .int("timeout", "t", "Seconds to wait before killing the container"),
        Flag(
            "time", nil, .single, "int", "Seconds to wait before killing the container", hidden: true,
            check: FlagChecks.integer),
    ]

    static func stop(_ path: String) -> Command {
        stopping("stop", path, "Stop one or more running containers")
    }

    static func restart(_ path: String) -> Command {
        stopping("restart", path, "Restart one or more containers")
    }

    private static func stopping(_ call: String, _ path: String, _ summary: String) -> Command {
        Command(
            path, "[OPTIONS] CONTAINER [CONTAINER...]", summary, aliases: ["container \(call)", call], .atLeast(1),
            flags: stopping
        ) { invocation in
            var query: [(String, String)] = []
            let flags = invocation.flags
            if flags.isSet("signal") { query.append(("signal", flags.string("signal"))) }
            if let name = ["timeout", "time"].first(where: flags.isSet) { query.append(("t", flags.string(name))) }
            return try each(invocation, call, query)
        }
    }

    static func kill(_ path: String) -> Command {
        Command(
            path, "[OPTIONS] CONTAINER [CONTAINER...]", "Kill one or more running containers",
            aliases: ["container kill", "kill"], .atLeast(1),
            flags: [.string("signal", "s", "Signal to send to the container")]
        ) { invocation in
            let signal = invocation.flags.string("signal")
            return try each(invocation, "kill", signal.isEmpty ? [] : [("signal", signal)])
        }
    }

    static func pause(_ path: String) -> Command {
        plain("pause", path, "Pause all processes within one or more containers")
    }

    static func unpause(_ path: String) -> Command {
        plain("unpause", path, "Unpause all processes within one or more containers")
    }

    private static func plain(_ call: String, _ path: String, _ summary: String) -> Command {
        Command(
            path, "CONTAINER [CONTAINER...]", summary, aliases: ["container \(call)", call], .atLeast(1)
        ) { invocation in
            try each(invocation, call, [])
        }
    }

    private static func each(_ invocation: Invocation, _ call: String, _ query: [(String, String)]) throws -> Int32 {
        let engine = try invocation.engine()
        return try invocation.forEachArgument { name in
            try engine.post("/containers/\(PercentEncoding.path(name))/\(call)", query: query)
            invocation.console.print(name)
        }
    }

    static func remove(_ path: String) -> Command {
        Command(
            path, "[OPTIONS] CONTAINER [CONTAINER...]", "Remove one or more containers",
            aliases: ["container rm", "container remove", "rm"], .atLeast(1),
            flags: [
                .bool("force", "f", "Force the removal of a running container (uses SIGKILL)"),
                .bool("link", "l", "Remove the specified link"),
                .bool("volumes", "v", "Remove anonymous volumes associated with the container"),
            ]
        ) { invocation in
            let engine = try invocation.engine()
            let force = invocation.flags.bool("force")
            let query = [("force", "force"), ("link", "link"), ("volumes", "v")]
                .filter { invocation.flags.bool($0.0) }.map { ($0.1, "1") }
            var messages: [String] = []
            for argument in invocation.arguments {
                let name = String(argument.drop { $0 == "/" })
                guard !name.isEmpty else {
                    messages.append("Container name cannot be empty")
                    continue
                }
                do {
                    try engine.delete("/containers/\(PercentEncoding.path(name))", query: query)
                    invocation.console.print(argument)
                } catch let error as EngineError where error.isNotFound && force {
                    invocation.console.printError("\(error)")
                } catch {
                    messages.append("\(error)")
                }
            }
            guard messages.isEmpty else { throw CommandFailure(messages.joined(separator: "\n")) }
            return 0
        }
    }

    static func wait(_ path: String) -> Command {
        Command(
            path, "CONTAINER [CONTAINER...]", "Block until one or more containers stop, then print their exit codes",
            aliases: ["container wait", "wait"], .atLeast(1)
        ) { invocation in
            let engine = try invocation.engine()
            return try invocation.forEachArgument { name in
                let exit = try ContainerWait(engine, container: name, condition: "").result()
                invocation.console.print(String(exit.status))
                invocation.console.flush()
            }
        }
    }

    static func rename(_ path: String) -> Command {
        Command(
            path, "CONTAINER NEW_NAME", "Rename a container", aliases: ["container rename", "rename"], .exactly(2)
        ) { invocation in
            let old = String(invocation.arguments[0].trimmed)
            let new = String(invocation.arguments[1].trimmed)
            guard !old.isEmpty, !new.isEmpty else {
                throw CommandFailure("Error: Neither old nor new names may be empty")
            }
            do {
                try invocation.engine().post("/containers/\(PercentEncoding.path(old))/rename", query: [("name", new)])
                return 0
            } catch EngineError.response(let status, let message) {
                let reason = EngineError.response(status: status, message: message)
                throw CommandFailure("\(reason)\nError: failed to rename container named \(old)")
            }
        }
    }
}
