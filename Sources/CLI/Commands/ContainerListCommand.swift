enum ContainerListCommand {
    static func make(_ path: String) -> Command {
        Command(
            path, "[OPTIONS]", "List containers",
            aliases: ["container ls", "container list", "container ps", "ps"], .none,
            flags: [
                .bool("all", "a", "Show all containers (default shows just running)"),
                .filter("Filter output based on conditions provided"),
                FormatFlag.listing,
                .int("last", "n", "Show n last created containers (includes all states)", default: -1),
                .bool("latest", "l", "Show the latest created container (includes all states)"),
                .bool("no-trunc", nil, "Don't truncate output"),
                .bool("quiet", "q", "Only display container IDs"),
                .bool("size", "s", "Display total file sizes"),
            ], run: run)
    }

    /// A template that asks for what no container has fails even where there is no container.
    private static func verify(_ format: String) throws {
        guard !format.isEmpty, format != "table", format != "json" else { return }
        _ = try Listing(console: Console(), format: format, standard: "", titles: ContainerRow.titles)
            .text([ContainerRow(container: .null, truncates: true)])
    }

    private static func run(_ invocation: Invocation) throws -> Int32 {
        let flags = invocation.flags
        var format = flags.isSet("format") ? flags.string("format") : ""
        if format.isEmpty, !flags.bool("quiet") { format = invocation.context.configuration.format("psFormat") }
        let showsSize = flags.bool("size") || (!flags.isSet("size") && format.contains(".Size"))
        try verify(format)
        var query: [(String, String)] = []
        if flags.bool("all") { query.append(("all", "1")) }
        let limit = flags.bool("latest") ? 1 : flags.int("last", default: -1)
        if limit > 0 { query.append(("limit", String(limit))) }
        if showsSize { query.append(("size", "1")) }
        query += FilterQuery.query(flags.list("filter"))
        let containers = try invocation.engine().get("/containers/json", query: query).arrayValue ?? []
        if flags.bool("quiet"), format.isEmpty || format == "table" { format = "{{.ID}}" }
        let standard = "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}"
        try Listing(
            console: invocation.console, format: format,
            standard: flags.bool("size") ? standard + "\t{{.Size}}" : standard, titles: ContainerRow.titles
        ).print(containers.map { ContainerRow(container: $0, truncates: !flags.bool("no-trunc")) })
        return 0
    }
}
