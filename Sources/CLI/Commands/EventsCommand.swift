enum EventsCommand {
    static func make(_ path: String) -> Command {
        Command(
            path, "[OPTIONS]", "Get real time events from the server", aliases: ["system events", "events"], .none,
            flags: [
                .filter("Filter output based on conditions provided"),
                FormatFlag.inspection(nil),
                .string("since", nil, "Show all events created since timestamp"),
                .string("until", nil, "Stream events until this timestamp"),
            ], run: run)
    }

    private static func run(_ invocation: Invocation) throws -> Int32 {
        let flags = invocation.flags
        var query: [(String, String)] = []
        for name in ["since", "until"] where flags.isSet(name) {
            guard let text = Timestamp.queryText(flags.string(name)) else {
                throw CommandFailure(
                    "failed to parse value as time or duration: \(GoQuote.quote(flags.string(name)))")
            }
            query.append((name, text))
        }
        query += FilterQuery.query(flags.list("filter"))
        let format = flags.string("format")
        let template = try template(format == "json" ? "{{json .}}" : format)
        let response = try invocation.engine().send(EngineRequest("GET", "/events", query: query))
        try response.documents { event in
            invocation.console.print(try template?.render(event, mode: .row) ?? line(event))
            invocation.console.flush()
            return true
        }
        return 0
    }

    private static func template(_ format: String) throws(CommandFailure) -> Template? {
        guard !format.isEmpty else { return nil }
        do {
            return try Template(format)
        } catch {
            throw CommandFailure("Error parsing format: \(error)", status: 64)
        }
    }

    /// `TIME KIND ACTION ID (name=value, …)`
    package static func line(_ event: JSONValue) -> String {
        let nanoseconds = event["timeNano"].integer
        let moment =
            nanoseconds != 0
            ? Timestamp(seconds: nanoseconds / 1_000_000_000, nanoseconds: nanoseconds % 1_000_000_000)
            : Timestamp(seconds: event["time"].integer)
        var text = "\(moment.rfc3339Nano) \(event["Type"].text) \(event["Action"].text) \(event["Actor"]["ID"].text)"
        let attributes = event["Actor"]["Attributes"].objectValue?.sorted ?? []
        if !attributes.isEmpty {
            text += " (" + attributes.map { "\($0.key)=\($0.value.text)" }.joined(separator: ", ") + ")"
        }
        return text
    }
}
