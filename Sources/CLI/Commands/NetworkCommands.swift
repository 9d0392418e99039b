/// The commands of the `network` group.
enum NetworkCommands {
    static func list(_ path: String) -> Command {
        Command(
            path, "[OPTIONS]", "List networks", aliases: ["network ls", "network list"], .none,
            flags: [
                .filter("Provide filter values (e.g. \"driver=bridge\")"),
                FormatFlag.listing,
                .bool("no-trunc", nil, "Do not truncate the output"),
                .bool("quiet", "q", "Only display network IDs"),
            ]
        ) { invocation in
            let flags = invocation.flags
            let networks =
                (try invocation.engine().get("/networks", query: FilterQuery.query(flags.list("filter")))
                .arrayValue ?? []).sorted { $0["Name"].text < $1["Name"].text }
            var format = flags.string("format")
            if format.isEmpty { format = invocation.context.configuration.format("networksFormat") }
            if flags.bool("quiet"), format.isEmpty || format == "table" { format = "{{.ID}}" }
            try Listing(
                console: invocation.console, format: format, standard: "{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}",
                titles: NetworkRow.titles
            ).print(networks.map { NetworkRow(network: $0, truncates: !flags.bool("no-trunc")) })
            return 0
        }
    }
}

/// A network in `network ls`.
private struct NetworkRow: TemplateRecord {
    static let titles = [
        ("ID", "NETWORK ID"), ("Name", "NAME"), ("Driver", "DRIVER"), ("Scope", "SCOPE"), ("IPv4", "IPV4"),
        ("IPv6", "IPV6"), ("Internal", "INTERNAL"), ("Labels", "LABELS"), ("CreatedAt", "CREATED AT"),
    ]

    let network: JSONValue
    let truncates: Bool

    var typeName: String { "*network.networkContext" }
    var fieldNames: [String] { Self.titles.map(\.0) }

    func field(_ name: String) -> JSONValue? {
        switch name {
        case "ID": .string(truncates ? Humanize.shortID(network["Id"].text) : network["Id"].text)
        case "Name", "Driver", "Scope": .string(network[name].text)
        case "IPv4": .string(String(network["EnableIPv4"].boolValue ?? true))
        case "IPv6": .string(String(network["EnableIPv6"].boolValue ?? false))
        case "Internal": .string(String(network["Internal"].boolValue ?? false))
        case "Labels":
            .string(
                (network["Labels"].objectValue?.sorted ?? []).map { "\($0.key)=\($0.value.text)" }.joined(
                    separator: ","))
        case "CreatedAt": .string(Timestamp(parsing: network["Created"].text)?.goText ?? network["Created"].text)
        default: nil
        }
    }

    func call(_ name: String, _ arguments: [JSONValue]) -> JSONValue? {
        guard name == "Label", let label = arguments.first?.stringValue else { return nil }
        return .string(network["Labels"][label].text)
    }
}
