/// One command: its words in help, its flags, and what it does.
package struct Command {
    /// The words after the program's name, as the user chose them: `ps` or `container ls`.
    package let path: String
    /// What follows the path in the usage line.
    package let synopsis: String
    package let summary: String
    /// What its own help says, where that is more than the summary.
    package let description: String
    /// All the paths by which it is known, where there are several.
    package let aliases: [String]
    package let rule: ArgumentRule
    package let flags: FlagSet
    package let run: (Invocation) throws -> Int32

    package init(
        _ path: String, _ synopsis: String, _ summary: String, description: String? = nil, aliases: [String] = [],
        _ rule: ArgumentRule,
        flags: [Flag] = [], interspersed: Bool = true, run: @escaping (Invocation) throws -> Int32
    ) {
        self.path = path
        self.synopsis = synopsis
        self.summary = summary
        self.description = description ?? summary
        self.aliases = aliases
        self.rule = rule
        self.flags = FlagSet(flags, interspersed: interspersed)
        self.run = run
    }

    package var usageLine: String {
        synopsis.isEmpty ? "skiff \(path)" : "skiff \(path) \(synopsis)"
    }

    package func help(width: Int) -> String {
        var text = "Usage:  \(usageLine)\n\n\(description)\n"
        if !aliases.isEmpty {
            text += "\nAliases:\n  " + aliases.map { "skiff \($0)" }.joined(separator: ", ") + "\n"
        }
        if flags.flags.contains(where: { !$0.isHidden }) {
            text += "\nOptions:\n" + flags.usage(width: width - 1)
        }
        return text
    }

    /// Parses the arguments and runs.
    package func main(_ arguments: some Sequence<String>, _ context: CommandContext) throws -> Int32 {
        let parsed: FlagSet.Parsed
        do {
            parsed = try flags.parse(arguments)
        } catch {
            throw CommandFailure(
                "\(error)\n\nUsage:  \(usageLine)\n\nRun 'skiff \(path) --help' for more information", status: 125)
        }
        if parsed.help != .no {
            if parsed.help == .askedByLetter {
                context.console.printError("Flag shorthand -h has been deprecated, use --help")
            }
            context.console.print(help(width: context.console.width), terminator: "")
            return 0
        }
        if let complaint = rule.complaint(about: parsed.arguments.count) {
            let verb = if case .atLeast = rule { "See" } else { "Run" }
            throw CommandFailure(
                "skiff: 'skiff \(path)' \(complaint)\n\nUsage:  \(usageLine)\n\n"
                    + "\(verb) 'skiff \(path) --help' for more information")
        }
        return try run(
            Invocation(command: self, flags: parsed.flags, arguments: parsed.arguments, context: context))
    }
}
