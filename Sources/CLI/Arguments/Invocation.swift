/// A command with its parsed command line and the world it acts on.
package struct Invocation {
    package let command: Command
    package let flags: ParsedFlags
    package let arguments: [String]
    package let context: CommandContext

    package var console: Console { context.console }

    /// The engine to talk to; connects with the first request.
    package func engine() throws(CommandFailure) -> EngineClient {
        try context.engine()
    }

    /// Runs `body` for each argument, prints what fails and goes on, as Docker's commands over several names do.
    package func forEachArgument(_ body: (String) throws -> Void) throws -> Int32 {
        var messages: [String] = []
        for argument in arguments {
            do {
                try body(argument)
            } catch {
                messages.append(CommandFailure(error).message ?? "")
            }
        }
        guard messages.isEmpty else { throw CommandFailure(messages.joined(separator: "\n")) }
        return 0
    }
}
