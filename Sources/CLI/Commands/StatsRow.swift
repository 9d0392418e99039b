/// A container's use of resources in `stats`, from one sample of the engine.
struct StatsRow: TemplateRecord {
    static let titles = [
        ("Container", "CONTAINER"), ("Name", "NAME"), ("ID", "CONTAINER ID"), ("CPUPerc", "CPU %"),
        ("MemUsage", "MEM USAGE / LIMIT"), ("MemPerc", "MEM %"), ("NetIO", "NET I/O"), ("BlockIO", "BLOCK I/O"),
        ("PIDs", "PIDS"),
    ]

    /// As the user named it, or its id.
    let name: String
    let sample: JSONValue
    /// Whether there is nothing to measure (yet).
    let isInvalid: Bool
    let truncates: Bool

    var typeName: String { "*formatter.statsContext" }
    var fieldNames: [String] { Self.titles.map(\.0) }

    func field(_ name: String) -> JSONValue? {
        switch name {
        case "Container": .string(self.name)
        case "Name":
            .string(sample["name"].text.isEmpty ? "--" : String(sample["name"].text.drop { $0 == "/" }))
        case "ID": .string(truncates ? Humanize.shortID(sample["id"].text) : sample["id"].text)
        case "CPUPerc": .string(isInvalid ? "--" : percent(StatsCalculation.cpuPercent(sample)))
        case "MemUsage": .string(memoryUsage)
        case "MemPerc": .string(isInvalid ? "--" : percent(memoryPercent))
        case "NetIO": .string(isInvalid ? "--" : pair(StatsCalculation.network(sample)))
        case "BlockIO": .string(isInvalid ? "--" : pair(StatsCalculation.blockDevices(sample)))
        case "PIDs": .string(isInvalid ? "--" : String(sample["pids_stats"]["current"].integer))
        default: nil
        }
    }

    private func percent(_ value: Double) -> String {
        Humanize.fixed(value, decimals: 2) + "%"
    }

    private func pair(_ values: (Double, Double)) -> String {
        "\(Humanize.size(values.0, digits: 3)) / \(Humanize.size(values.1, digits: 3))"
    }

    private var limit: Double { sample["memory_stats"]["limit"].doubleValue ?? 0 }

    private var memoryUsage: String {
        guard !isInvalid else { return "-- / --" }
        return "\(Humanize.binarySize(StatsCalculation.memory(sample))) / \(Humanize.binarySize(limit))"
    }

    private var memoryPercent: Double {
        limit > 0 ? StatsCalculation.memory(sample) / limit * 100 : 0
    }
}
