package import CLI
import Glibc
import ImageStore
import SupervisorClient
import TTRPC

/// The program skiff-ctr: global flags, the choice of the command, errors and exit codes.
package enum ControlProgram {
    static let globalFlags = FlagSet(
        [
            .bool("debug", nil, "Say more about errors"),
            .string(
                "address", "a", "The supervisor's socket [$SKIFF_ADDRESS]", default: ControlContext.defaultAddress),
            .duration("timeout", "Total timeout for commands"),
            .duration("connect-timeout", "Timeout for connecting to the supervisor"),
            .string(
                "namespace", "n", "Namespace of containers and tasks [$SKIFF_NAMESPACE]", default: "default"),
            .string(
                "images-root", nil, "Directory of the images' store [$SKIFF_IMAGES]",
                default: ControlContext.defaultImages),
            .bool("version", "v", "Print the version"),
        ], interspersed: false)

    /// The verbs that pass signals on to a process.
    private static let sessions: Set<String> = ["run", "start", "restore", "exec", "attach", "create"]

    /// Prepares for a command line; to be called while the program has one thread.
    package static func prepare(_ arguments: [String]) {
        guard let words = try? globalFlags.parse(arguments).arguments.prefix(2) else { return }
        if words.contains(where: sessions.contains) { SignalWatch.prepare() }
    }

    /// Runs a command line without the program's name and answers the exit code.
    package static func main(
        _ arguments: [String], environment: [String: String], console: Console = Console()
    ) async -> Int32 {
        defer { console.flush() }
        do {
            return try await dispatch(arguments, environment, console)
        } catch {
            let failure = error as? CommandFailure
            if let failure, failure.message == nil { return failure.status }
            console.printError("skiff-ctr: \(message(of: error))")
            return failure?.status ?? 1
        }
    }

    /// What users read of an error: as ctr's, a call's failure ends with what kind it is.
    static func message(of error: any Error) -> String {
        switch error {
        case let failure as CommandFailure: failure.message ?? ""
        case let error as RPCError: kinds[error.code].map { "\(error.message): \($0)" } ?? error.message
        default: "\(error)"
        }
    }

    private static let kinds: [RPCCode: String] = [
        .notFound: "not found", .alreadyExists: "already exists", .failedPrecondition: "failed precondition",
        .invalidArgument: "invalid argument", .unavailable: "unavailable", .unimplemented: "not implemented",
        .deadlineExceeded: "deadline exceeded", .outOfRange: "out of range",
    ]

    private static func dispatch(
        _ arguments: [String], _ environment: [String: String], _ console: Console
    ) async throws -> Int32 {
        let parsed: FlagSet.Parsed
        do {
            parsed = try globalFlags.parse(arguments)
        } catch {
            throw CommandFailure("\(error)\n\nRun 'skiff-ctr --help' for more information")
        }
        if parsed.flags.bool("version") {
            console.print("skiff-ctr \(SkiffVersion.number)")
            return 0
        }
        guard parsed.help == .no, let word = parsed.arguments.first, word != "help", word != "h" else {
            console.print(ControlTree.help(globalFlags: globalFlags, width: console.width), terminator: "")
            return 0
        }
        let context = ControlContext(console: console, environment: environment, flags: parsed.flags)
        let rest = Array(parsed.arguments.dropFirst())
        return try await limited(timeout: parsed.flags.int("timeout")) {
            try await run(word, rest, context)
        }
    }

    private static func run(_ word: String, _ rest: [String], _ context: ControlContext) async throws -> Int32 {
        if let command = ControlTree.top.first(where: { $0.names.contains(word) }) {
            return try await command.main(rest, path: word, context)
        }
        guard let group = ControlTree.groups.first(where: { $0.names.contains(word) }) else {
            throw CommandFailure("unknown command \"\(word)\"\n\nRun 'skiff-ctr --help' for more information")
        }
        guard let verb = rest.first, !["--help", "-h", "help", "h"].contains(verb) else {
            context.console.print(ControlTree.help(group), terminator: "")
            return 0
        }
        guard let command = group.commands.first(where: { $0.names.contains(verb) }) else {
            throw CommandFailure(
                "unknown command \"\(word) \(verb)\"\n\nRun 'skiff-ctr \(word) --help' for more information")
        }
        return try await command.main(Array(rest.dropFirst()), path: "\(word) \(verb)", context)
    }

    /// `--timeout`, in nanoseconds: what takes longer fails; nothing and 0 are no limit.
    private static func limited(
        timeout: Int64, _ body: @escaping @Sendable () async throws -> Int32
    ) async throws -> Int32 {
        guard timeout > 0 else { return try await body() }
        return try await withThrowingTaskGroup(of: Int32.self) { group in
            group.addTask(operation: body)
            group.addTask {
                try await Task.sleep(for: .nanoseconds(timeout))
                throw CommandFailure("context deadline exceeded")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? 1
        }
    }
}
