import Glibc

enum StatsCommand {
    static func make(_ path: String) -> Command {
        Command(
            path, "[OPTIONS] [CONTAINER...]", "Display a live stream of container(s) resource usage statistics",
            aliases: ["container stats", "stats"], .any,
            flags: [
                .bool("all", "a", "Show all containers (default shows just running)"),
                FormatFlag.listing,
                .bool("no-stream", nil, "Disable streaming stats and only pull the first result"),
                .bool("no-trunc", nil, "Do not truncate output"),
            ]
        ) { invocation in
            try StatsWatch(invocation).run()
        }
    }
}

/// One statistics stream for each container, polled together and shown as a table.
private struct StatsWatch {
    private struct Source {
        let name: String
        let connection: EngineConnection
        var splitter = JSONStreamSplitter()
        var sample: JSONValue?
        var isOpen = true
    }

    private let invocation: Invocation
    private let listing: Listing

    init(_ invocation: Invocation) {
        self.invocation = invocation
        var format = invocation.flags.string("format")
        if format.isEmpty { format = invocation.context.configuration.format("statsFormat") }
        listing = Listing(
            console: invocation.console, format: format,
            standard:
                "{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}",
            titles: StatsRow.titles)
    }

    private var isOneShot: Bool { invocation.flags.bool("no-stream") }

    func run() throws -> Int32 {
        var sources = try names().map { try open($0) }
        if sources.isEmpty {
            try show([])
            return 0
        }
        while sources.contains(where: \.isOpen) {
            try wait(&sources)
            let isComplete = !sources.contains { $0.isOpen && $0.sample == nil }
            guard isComplete else { continue }
            try show(sources)
            if isOneShot { return 0 }
            for index in sources.indices { sources[index].sample = nil }
        }
        return 0
    }

    private func names() throws -> [String] {
        guard invocation.arguments.isEmpty else { return invocation.arguments }
        let all = invocation.flags.bool("all") ? [("all", "1")] : []
        return (try invocation.engine().get("/containers/json", query: all).arrayValue ?? []).map { $0["Id"].text }
    }

    /// A stream, even for one sample: the first one then tells of a whole period, as the engine takes two.
    private func open(_ name: String) throws -> Source {
        let query = isOneShot ? [("stream", "0")] : [("stream", "1")]
        return Source(
            name: name,
            connection: try invocation.engine().open(
                EngineRequest("GET", "/containers/\(PercentEncoding.path(name))/stats", query: query)))
    }

    private func wait(_ sources: inout [Source]) throws {
        for index in sources.indices where sources[index].isOpen {
            let (pieces, ended) = sources[index].connection.buffered()
            try take(pieces, ended: ended, &sources[index])
        }
        guard sources.contains(where: { $0.isOpen && $0.sample == nil }) else { return }
        var entries = sources.map { source in
            pollfd(fd: source.isOpen ? source.connection.socket.rawValue : -1, events: Int16(POLLIN), revents: 0)
        }
        guard retrying({ poll(&entries, nfds_t(entries.count), -1) }) >= 0 else {
            throw CommandFailure("poll: \(SystemText.current)")
        }
        for (index, entry) in entries.enumerated() where entry.revents != 0 {
            let (pieces, ended) = try sources[index].connection.available()
            try take(pieces, ended: ended, &sources[index])
        }
    }

    private func take(_ pieces: [UInt8], ended: Bool, _ source: inout Source) throws {
        if let last = try source.splitter.feed(pieces).last { source.sample = last }
        if ended { source.isOpen = false }
    }

    private func show(_ sources: [Source]) throws {
        let rows = sources.map { source in
            let sample = source.sample ?? .null
            return StatsRow(
                name: source.name, sample: sample,
                isInvalid: sample["read"].text.hasPrefix("0001-01-01") || sample.isNull,
                truncates: !invocation.flags.bool("no-trunc"))
        }
        let text = try listing.text(rows)
        // Drawn over in place: home, then clear what is left of each line and of the screen.
        let isDrawnOver = !isOneShot && invocation.console.isOutputTerminal
        let lines =
            isDrawnOver
            ? "\u{1B}[H" + text.split(separator: "\n").map { "\($0)\u{1B}[K\n" }.joined() + "\u{1B}[J" : text
        invocation.console.print(lines, terminator: "")
        invocation.console.flush()
    }
}
