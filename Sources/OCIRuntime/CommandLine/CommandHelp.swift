/// The texts of `--help`, laid out as runc's.
enum CommandHelp {
    static func text(_ syntax: CommandSyntax) -> String {
        var usage = "\(RuntimeCommand.program) \(syntax.name)"
        if !syntax.flags.isEmpty { usage += " [command options]" }
        if !syntax.arguments.isEmpty { usage += " \(syntax.arguments)" }
        var text = """
            NAME:
               \(RuntimeCommand.program) \(syntax.name) - \(syntax.summary)

            USAGE:
               \(usage)

            """
        if let details = syntax.details { text += "\nDESCRIPTION:\n\(indented(details))\n" }
        return text + "\nOPTIONS:\n\(options(syntax.flags + [CommandSyntax.helpFlag]))"
    }

    static func globalText() -> String {
        let global = CommandSyntax.global
        let commands = CommandSyntax.names.compactMap { try? CommandSyntax.named($0) }.map { ($0.name, $0.summary) }
        return """
            NAME:
               \(RuntimeCommand.program) - \(global.summary)

            USAGE:
               \(RuntimeCommand.program) [global options] \(global.arguments)

            COMMANDS:
            \(columns(commands + [("help, h", "show this text, or a command's")]))

            GLOBAL OPTIONS:
            \(options(global.flags + [CommandSyntax.helpFlag]))
            """
    }

    private static func options(_ flags: [CommandSyntax.Flag]) -> String {
        columns(
            flags.map { flag in
                let names = flag.names.map { name in
                    (name.count == 1 ? "-\(name)" : "--\(name)") + (flag.takesValue ? " value" : "")
                }
                return (names.joined(separator: ", "), flag.help)
            })
    }

    private static func columns(_ rows: [(String, String)]) -> String {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { left, right in
            "   \(left)\(String(repeating: " ", count: width - left.count + 2))\(right)"
        }.joined(separator: "\n")
    }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n").map { "   \($0)" }.joined(separator: "\n")
    }
}
