extension CommandTree {
    /// The help of the program itself.
    package static func help(globalFlags: FlagSet, width: Int) -> String {
        let commands = top.map { entry in (entry.names[0], entry.make(entry.names[0]).summary) }
        let frequent = common.compactMap { name in commands.first { $0.0 == name } }
        let rest = commands.filter { !common.contains($0.0) }.sorted { $0.0 < $1.0 }
        return """
            Usage:  skiff [OPTIONS] COMMAND

            A self-sufficient runtime for containers

            Common Commands:
            \(table(frequent))
            Management Commands:
            \(table(groups.map { ($0.name, $0.summary) }))
            Commands:
            \(table(rest))
            Global Options:
            \(globalFlags.usage(width: width - 1))
            Run 'skiff COMMAND --help' for more information on a command.

            """
    }

    /// The help of a group such as `container`.
    package static func help(_ group: Group) -> String {
        let commands = group.entries.map { ($0.names[0], $0.make("\(group.name) \($0.names[0])").summary) }
        return """
            Usage:  skiff \(group.name) COMMAND

            \(group.summary)

            Commands:
            \(table(commands.sorted { $0.0 < $1.0 }))
            Run 'skiff \(group.name) COMMAND --help' for more information on a command.

            """
    }

    private static func table(_ rows: [(String, String)]) -> String {
        let width = max(11, rows.map(\.0.count).max() ?? 0)
        return rows.map { name, summary in
            "  \(name)\(String(repeating: " ", count: width - name.count)) \(summary)\n"
        }.joined()
    }
}
