enum LogsCommand {
    static func make(_ path: String) -> Command {
        let moment = "(e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. \"42m\" for 42 minutes)"
        return Command(
            path, "[OPTIONS] CONTAINER", "Fetch the logs of a container", aliases: ["container logs", "logs"],
            .exactly(1),
            flags: [
                .bool("details", nil, "Show extra details provided to logs"),
                .bool("follow", "f", "Follow log output"),
                .string("since", nil, "Show logs since timestamp \(moment)"),
                .string("tail", "n", "Number of lines to show from the end of the logs", default: "all"),
                .bool("timestamps", "t", "Show timestamps"),
                .string("until", nil, "Show logs before a timestamp \(moment)"),
            ], run: run)
    }

    private static func run(_ invocation: Invocation) throws -> Int32 {
        let flags = invocation.flags
        let engine = try invocation.engine()
        let container = try engine.container(invocation.arguments[0])
        var query = [("stdout", "1"), ("stderr", "1")]
        for name in ["since", "until"] where flags.isSet(name) {
            guard let text = Timestamp.queryText(flags.string(name)) else {
                throw CommandFailure(
                    "invalid value for \"\(name)\": failed to parse value as time or duration: \(GoQuote.quote(flags.string(name)))"
                )
            }
            query.append((name, text))
        }
        for name in ["follow", "timestamps", "details"] where flags.bool(name) { query.append((name, "1")) }
        query.append(("tail", flags.string("tail", default: "all")))
        let response = try engine.send(
            EngineRequest("GET", "/containers/\(PercentEncoding.path(container["Id"].text))/logs", query: query))
        try copy(response, to: invocation.console, isRaw: container["Config"]["Tty"].boolValue == true)
        return 0
    }

    private static func copy(_ response: EngineResponse, to console: Console, isRaw: Bool) throws {
        var demultiplexer = StreamDemultiplexer()
        while let piece = try response.next() {
            if isRaw {
                Console.write(piece[...], to: console.output)
                continue
            }
            try demultiplexer.feed(piece[...]) { target, bytes in
                Console.write(bytes, to: target == .output ? console.output : console.errorOutput)
            }
        }
    }
}
