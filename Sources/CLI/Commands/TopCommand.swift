enum TopCommand {
    static func make(_ path: String) -> Command {
        Command(
            path, "CONTAINER [ps OPTIONS]", "Display the running processes of a container",
            aliases: ["container top", "top"], .atLeast(1), interspersed: false
        ) { invocation in
            let options = invocation.arguments.dropFirst().joined(separator: " ")
            let processes = try invocation.engine().get(
                "/containers/\(PercentEncoding.path(invocation.arguments[0]))/top",
                query: options.isEmpty ? [] : [("ps_args", options)])
            let rows = [processes["Titles"]] + (processes["Processes"].arrayValue ?? [])
            let text = rows.map { $0.strings.joined(separator: "\t") + "\n" }.joined()
            invocation.console.print(TableWriter.format(text, minimumWidth: 20, padding: 3), terminator: "")
            return 0
        }
    }
}
