import Glibc

/// The client as a whole: global flags, the choice of the command, errors and exit codes.
package enum SkiffProgram {
    package static let globalFlags = FlagSet(
        [
            .string("config", nil, "Location of client config files"),
            .string("context", "c", "Name of the context to use to connect to the daemon (only \"default\" exists)"),
            .bool("debug", "D", "Enable debug mode"),
            .list("host", "H", "Daemon socket to connect to"),
            .string(
                "log-level", "l", "Set the logging level (\"debug\", \"info\", \"warn\", \"error\", \"fatal\")",
                default: "info"),
            .bool("version", "v", "Print version information and quit"),
        ], interspersed: false)

    /// Runs a command line without the program's name and answers the exit code.
    package static func run(_ arguments: [String], environment: [String: String], console: Console) -> Int32 {
        defer { console.flush() }
        do {
            return try dispatch(arguments, environment, console)
        } catch {
            let failure = CommandFailure(error)
            if let message = failure.message { console.printError(message) }
            return failure.status
        }
    }

    private static func dispatch(
        _ arguments: [String], _ environment: [String: String], _ console: Console
    ) throws -> Int32 {
        let parsed: FlagSet.Parsed
        do {
            parsed = try globalFlags.parse(arguments)
        } catch {
            throw CommandFailure(
                "\(error)\n\nUsage:  skiff [OPTIONS] COMMAND [ARG...]\n\nRun 'skiff --help' for more information",
                status: 125)
        }
        if parsed.flags.bool("version") {
            console.print("Skiff version \(SkiffVersion.number), build \(SkiffVersion.commit)")
            return 0
        }
        guard parsed.help == .no, let word = parsed.arguments.first else {
            console.print(CommandTree.help(globalFlags: globalFlags, width: console.width), terminator: "")
            return 0
        }
        let context = context(parsed.flags, environment, console)
        try verifyContext(parsed.flags)
        let rest = parsed.arguments.dropFirst()
        if word == "help" { return try help(Array(rest), context) }
        if let entry = CommandTree.top.first(where: { $0.names[0] == word }) {
            return try entry.make(word).main(rest, context)
        }
        if let group = CommandTree.groups.first(where: { $0.name == word }) {
            return try run(group, rest, context)
        }
        throw CommandFailure("skiff: unknown command: skiff \(word)\n\nRun 'skiff --help' for more information")
    }

    private static func run(
        _ group: CommandTree.Group, _ arguments: ArraySlice<String>, _ context: CommandContext
    ) throws -> Int32 {
        guard let word = arguments.first else {
            context.console.printError(CommandTree.help(group), terminator: "")
            return 0
        }
        guard word != "--help", word != "-h" else {
            context.console.print(CommandTree.help(group), terminator: "")
            return 0
        }
        guard !word.hasPrefix("-") else {
            throw CommandFailure(
                "\(FlagError.unknown(name: String(word.drop { $0 == "-" })))\n\nUsage:  skiff \(group.name) COMMAND\n\n"
                    + "Run 'skiff \(group.name) --help' for more information", status: 125)
        }
        guard let entry = group.entries.first(where: { $0.names.contains(word) }) else {
            throw CommandFailure(
                "skiff: unknown command: skiff \(group.name) \(word)\n\nUsage:  skiff \(group.name)\n\n"
                    + "Run 'skiff \(group.name) --help' for more information")
        }
        return try entry.make("\(group.name) \(entry.names[0])").main(arguments.dropFirst(), context)
    }

    private static func help(_ words: [String], _ context: CommandContext) throws -> Int32 {
        try dispatch(words + ["--help"], context.environment, context.console)
    }

    private static func context(
        _ flags: ParsedFlags, _ environment: [String: String], _ console: Console
    ) -> CommandContext {
        let home = environment["HOME"] ?? "/root"
        let directory =
            flags.isSet("config") ? flags.string("config") : environment["DOCKER_CONFIG"] ?? home + "/.docker"
        return CommandContext(
            console: console, environment: environment,
            configuration: ClientConfiguration.load(directory: directory, console: console),
            hosts: flags.list("host"))
    }

    private static func verifyContext(_ flags: ParsedFlags) throws(CommandFailure) {
        let name = flags.string("context", default: "default")
        guard name == "default" || name.isEmpty else {
            throw CommandFailure("context \(GoQuote.quote(name)): context not found: use -H to choose a daemon")
        }
    }
}
