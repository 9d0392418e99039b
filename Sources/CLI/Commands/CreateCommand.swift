enum CreateCommand {
    static func make(_ path: String) -> Command {
        let own: [Flag] = [
            .string("pull", nil, "Pull image before creating (\"always\", \"missing\", \"never\")", default: "missing"),
            .bool("quiet", "q", "Suppress the pull output"),
        ]
        return Command(
            path, "[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create a new container",
            aliases: ["container create", "create"], .atLeast(1), flags: RunFlags.all + own, interspersed: false
        ) { invocation in
            do {
                try PullPolicy.verify(invocation.flags.string("pull", default: "missing"))
                let configuration = ContainerConfiguration(
                    flags: invocation.flags, environment: invocation.context.environment,
                    image: invocation.arguments[0], command: Array(invocation.arguments.dropFirst()))
                let body = try configuration.body(detached: false, console: nil)
                invocation.console.print(try ContainerCreation(invocation: invocation).create(body))
                return 0
            } catch {
                throw RunCommand.refusal(error, path)
            }
        }
    }
}
