enum RunCommand {
    static func make(_ path: String) -> Command {
        let own: [Flag] = [
            .bool("detach", "d", "Run container in background and print container ID"),
            .string("detach-keys", nil, "Override the key sequence for detaching a container"),
            .bool("sig-proxy", nil, "Proxy received signals to the process", default: true),
            .string("pull", nil, "Pull image before running (\"always\", \"missing\", \"never\")", default: "missing"),
            .bool("quiet", "q", "Suppress the pull output"),
        ]
        return Command(
            path, "[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create and run a new container from an image",
            aliases: ["container run", "run"], .atLeast(1), flags: RunFlags.all + own, interspersed: false
        ) { invocation in
            do {
                return try ContainerRun(invocation).run()
            } catch {
                throw refusal(error, path)
            }
        }
    }

    /// An error of `run` or `create` with Docker's prefix, hint and exit code.
    static func refusal(_ error: any Error, _ path: String) -> CommandFailure {
        let failure = CommandFailure(error)
        // These two docker says bare.
        let bare = [TerminalCheck.message, ContainerRun.attachConflict]
        guard let message = failure.message, failure.status == 1, !bare.contains(message) else { return failure }
        return CommandFailure(
            "skiff: \(message)\n\nRun 'skiff \(path) --help' for more information", status: status(message))
    }

    /// 127 for a command that is not there, 126 for one that cannot be run, 125 for everything else.
    static func status(_ message: String) -> Int32 {
        guard message.hasPrefix("Error response from daemon") else { return 125 }
        let missing = [
            "executable file not found", "no such file or directory", "system cannot find the file specified",
        ]
        if missing.contains(where: { message.contains($0) }) { return 127 }
        let unusable = ["permission denied", "is a directory"]
        if unusable.contains(where: { message.lowercased().contains($0) }) { return 126 }
        return 125
    }
}
