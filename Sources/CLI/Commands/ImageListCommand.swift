enum ImageListCommand {
    static func make(_ path: String) -> Command {
        Command(
            path, "[OPTIONS] [REPOSITORY[:TAG]]", "List images", aliases: ["image ls", "image list", "images"],
            .atMost(1),
            flags: [
                .bool("all", "a", "Show all images (default hides intermediate images)"),
                .bool("digests", nil, "Show digests"),
                .filter("Filter output based on conditions provided"),
                FormatFlag.listing,
                .bool("no-trunc", nil, "Don't truncate output"),
                .bool("quiet", "q", "Only show image IDs"),
            ], run: run)
    }

    private static func run(_ invocation: Invocation) throws -> Int32 {
        let flags = invocation.flags
        var filters = flags.list("filter")
        if let name = invocation.arguments.first { filters.append("reference=\(name)") }
        let query = (flags.bool("all") ? [("all", "1")] : []) + FilterQuery.query(filters)
        let images = try invocation.engine().get("/images/json", query: query).arrayValue ?? []
        var format = flags.string("format")
        let isQuiet = flags.bool("quiet")
        if format.isEmpty, !isQuiet { format = invocation.context.configuration.format("imagesFormat") }
        if isQuiet, format.isEmpty || format == "table" { format = "{{.ID}}" }
        let digests = flags.bool("digests") || format.contains(".Digest")
        let rows = images.flatMap { image in
            let rows = ImageRow.rows(image, truncates: !flags.bool("no-trunc"), digests: digests)
            return isQuiet ? Array(rows.prefix(1)) : rows
        }
        let standard =
            flags.bool("digests")
            ? "{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
            : "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
        try Listing(console: invocation.console, format: format, standard: standard, titles: ImageRow.titles)
            .print(rows)
        return 0
    }
}
