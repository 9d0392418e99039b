enum DiskUsageCommand {
    static func make(_ path: String) -> Command {
        Command(
            path, "[OPTIONS]", "Show skiff disk usage", .none, flags: [FormatFlag.listing]
        ) { invocation in
            let usage = try invocation.engine().get("/system/df")
            try Listing(
                console: invocation.console, format: invocation.flags.string("format"),
                standard: "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}",
                titles: DiskUsageRow.titles
            ).print([images(usage), containers(usage), volumes(usage), buildCache(usage)])
            return 0
        }
    }

    private static func images(_ usage: JSONValue) -> DiskUsageRow {
        let images = usage["Images"].arrayValue ?? []
        let total = usage["LayersSize"].doubleValue ?? 0
        let used = images.filter { $0["Containers"].integer > 0 }
        let kept = used.reduce(0.0) { sum, image in
            let shared = image["SharedSize"].doubleValue ?? -1
            return sum + (image["Size"].doubleValue ?? 0) - max(0, shared)
        }
        return DiskUsageRow(
            kind: "Images", count: images.count, active: used.count, size: total, reclaimable: max(0, total - kept))
    }

    private static func containers(_ usage: JSONValue) -> DiskUsageRow {
        let containers = usage["Containers"].arrayValue ?? []
        let active = containers.filter { ["running", "paused", "restarting"].contains($0["State"].text) }
        let size = { (list: [JSONValue]) in list.reduce(0.0) { $0 + ($1["SizeRw"].doubleValue ?? 0) } }
        return DiskUsageRow(
            kind: "Containers", count: containers.count, active: active.count, size: size(containers),
            reclaimable: size(containers) - size(active))
    }

    private static func volumes(_ usage: JSONValue) -> DiskUsageRow {
        let volumes = usage["Volumes"].arrayValue ?? []
        let active = volumes.filter { $0["UsageData"]["RefCount"].integer > 0 }
        let size = { (list: [JSONValue]) in list.reduce(0.0) { $0 + max(0, $1["UsageData"]["Size"].doubleValue ?? 0) } }
        return DiskUsageRow(
            kind: "Local Volumes", count: volumes.count, active: active.count, size: size(volumes),
            reclaimable: size(volumes) - size(active))
    }

    private static func buildCache(_ usage: JSONValue) -> DiskUsageRow {
        let records = usage["BuildCache"].arrayValue ?? []
        let active = records.filter { $0["InUse"].boolValue == true }
        let size = { (list: [JSONValue]) in list.reduce(0.0) { $0 + ($1["Size"].doubleValue ?? 0) } }
        return DiskUsageRow(
            kind: "Build Cache", count: records.count, active: active.count, size: size(records),
            reclaimable: size(records) - size(active))
    }
}

/// A line of `system df`.
private struct DiskUsageRow: TemplateRecord {
    static let titles = [
        ("Type", "TYPE"), ("TotalCount", "TOTAL"), ("Active", "ACTIVE"), ("Size", "SIZE"),
        ("Reclaimable", "RECLAIMABLE"),
    ]

    let kind: String
    let count: Int
    let active: Int
    let size: Double
    let reclaimable: Double

    var typeName: String { "*formatter.diskUsageContext" }
    var fieldNames: [String] { Self.titles.map(\.0) }

    func field(_ name: String) -> JSONValue? {
        switch name {
        case "Type": .string(kind)
        case "TotalCount": .string(String(count))
        case "Active": .string(String(active))
        case "Size": .string(Humanize.size(size))
        case "Reclaimable":
            .string(
                Humanize.size(reclaimable) + (size > 0 ? " (\(Int(reclaimable * 100 / size))%)" : ""))
        default: nil
        }
    }
}
