/// The commands of the `volume` group.
enum VolumeCommands {
    static func create(_ path: String) -> Command {
        Command(
            path, "[OPTIONS] [VOLUME]", "Create a volume", .atMost(1),
            flags: [
                .string("driver", "d", "Specify volume driver name", default: "local"),
                .list("label", nil, "Set metadata for a volume", check: FlagChecks.label),
                .list("opt", "o", "Set driver specific options", placeholder: "map", default: "map[]"),
            ]
        ) { invocation in
            let flags = invocation.flags
            let volume = try invocation.engine().postJSON(
                "/volumes/create",
                body: [
                    "Name": .string(invocation.arguments.first ?? ""),
                    "Driver": .string(flags.string("driver", default: "local")),
                    "DriverOpts": EnvironmentVariables.map(flags.list("opt")),
                    "Labels": EnvironmentVariables.map(flags.list("label")),
                ])
            invocation.console.print(volume["Name"].text)
            return 0
        }
    }

    static func list(_ path: String) -> Command {
        Command(
            path, "[OPTIONS]", "List volumes", aliases: ["volume ls", "volume list"], .none,
            flags: [
                .filter("Provide filter values (e.g. \"dangling=true\")"),
                FormatFlag.listing,
                .bool("quiet", "q", "Only display volume names"),
            ]
        ) { invocation in
            let answer = try invocation.engine().get(
                "/volumes", query: FilterQuery.query(invocation.flags.list("filter")))
            let volumes = (answer["Volumes"].arrayValue ?? []).sorted { $0["Name"].text < $1["Name"].text }
            var format = invocation.flags.string("format")
            if format.isEmpty { format = invocation.context.configuration.format("volumesFormat") }
            if invocation.flags.bool("quiet"), format.isEmpty || format == "table" { format = "{{.Name}}" }
            try Listing(
                console: invocation.console, format: format, standard: "{{.Driver}}\t{{.Name}}",
                titles: VolumeRow.titles
            ).print(volumes.map(VolumeRow.init))
            return 0
        }
    }

    static func remove(_ path: String) -> Command {
        Command(
            path, "[OPTIONS] VOLUME [VOLUME...]", "Remove one or more volumes",
            description: "Remove one or more volumes. You cannot remove a volume that is in use by a container.",
            aliases: ["volume rm", "volume remove"], .atLeast(1),
            flags: [.bool("force", "f", "Force the removal of one or more volumes")]
        ) { invocation in
            let engine = try invocation.engine()
            let query = invocation.flags.bool("force") ? [("force", "1")] : []
            return try invocation.forEachArgument { name in
                try engine.delete("/volumes/\(PercentEncoding.path(name))", query: query)
                invocation.console.print(name)
            }
        }
    }
}

/// A volume in `volume ls`.
private struct VolumeRow: TemplateRecord {
    static let titles = [
        ("Name", "VOLUME NAME"), ("Driver", "DRIVER"), ("Scope", "SCOPE"), ("Mountpoint", "MOUNTPOINT"),
        ("Labels", "LABELS"), ("Links", "LINKS"), ("Size", "SIZE"), ("Availability", "AVAILABILITY"),
        ("Group", "GROUP"), ("Status", "STATUS"),
    ]

    let volume: JSONValue

    init(_ volume: JSONValue) {
        self.volume = volume
    }

    var typeName: String { "*formatter.volumeContext" }
    var fieldNames: [String] { Self.titles.map(\.0) }

    func field(_ name: String) -> JSONValue? {
        switch name {
        case "Name", "Driver", "Scope", "Mountpoint": .string(volume[name].text)
        case "Labels":
            .string(
                (volume["Labels"].objectValue?.sorted ?? []).map { "\($0.key)=\($0.value.text)" }.joined(separator: ",")
            )
        case "Links": .string(volume["UsageData"].isNull ? "N/A" : String(volume["UsageData"]["RefCount"].integer))
        case "Size":
            .string(volume["UsageData"].isNull ? "N/A" : Humanize.size(volume["UsageData"]["Size"].doubleValue ?? 0))
        case "Availability", "Group", "Status": "N/A"
        default: nil
        }
    }

    func call(_ name: String, _ arguments: [JSONValue]) -> JSONValue? {
        guard name == "Label", let label = arguments.first?.stringValue else { return nil }
        return .string(volume["Labels"][label].text)
    }
}
