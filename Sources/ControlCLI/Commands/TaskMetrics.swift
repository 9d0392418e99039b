import CLI
import SupervisorClient

/// `tasks metrics`: a container's resource use, once.
enum TaskMetrics {
    static let metrics = ControlCommand(
        "metrics", "metric", "stats", synopsis: "[FLAGS] CONTAINER", summary: "Show a container's resource use once",
        .exactly(1), flags: [.string("format", nil, "\"table\" or \"json\"", default: "table")]
    ) { invocation in
        var request = SupervisorClient.ProcessRequest()
        request.namespace = invocation.namespace
        request.id = invocation.arguments[0]
        let format = invocation.flags.string("format", default: "table")
        guard ["table", "json"].contains(format) else { throw CommandFailure("format must be table or json") }
        let stats = try await invocation.client().stats(request)
        if format == "json" {
            invocation.console.write(JSONIndenter.indent(json(stats).encodedBytes))
            invocation.console.print("")
        } else {
            invocation.console.print(table(request.id, stats), terminator: "")
        }
        return 0
    }

    private static func table(_ id: String, _ stats: SupervisorClient.StatsResponse) -> String {
        let at = Timestamp(seconds: stats.readAt.seconds, nanoseconds: Int64(stats.readAt.nanos))
        var head = ControlTable("ID", "TIMESTAMP", minimumWidth: 1, padding: 2)
        head.add(id, at.rfc3339Nano)
        var table = ControlTable("METRIC", "VALUE", minimumWidth: 1, padding: 2)
        table.add("memory.usage_in_bytes", "\(stats.memoryUsage)")
        table.add("memory.limit_in_bytes", "\(stats.memoryLimit)")
        for (name, value) in stats.memoryStat.sorted(by: { $0.key < $1.key }) {
            table.add("memory.stat.\(name)", "\(value)")
        }
        table.add("cpuacct.usage", "\(stats.cpuTotal)")
        if !stats.cpuPerCore.isEmpty {
            table.add("cpuacct.usage_percpu", "[\(stats.cpuPerCore.map(String.init).joined(separator: " "))]")
        }
        table.add("pids.current", "\(stats.pidsCurrent)")
        table.add("pids.limit", "\(stats.pidsLimit)")
        return head.text + "\n" + table.text
    }

    private static func json(_ stats: SupervisorClient.StatsResponse) -> JSONValue {
        let at = Timestamp(seconds: stats.readAt.seconds, nanoseconds: Int64(stats.readAt.nanos))
        let memoryStat = stats.memoryStat.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }
        let blockIO = stats.blockIo.map { device -> JSONValue in
            [
                "major": JSONValue(device.major), "minor": JSONValue(device.minor),
                "read_bytes": JSONValue(device.readBytes), "write_bytes": JSONValue(device.writeBytes),
                "read_operations": JSONValue(device.readOperations),
                "write_operations": JSONValue(device.writeOperations),
            ]
        }
        return [
            "read_at": .string(at.rfc3339Nano),
            "memory": [
                "usage": JSONValue(stats.memoryUsage), "max_usage": JSONValue(stats.memoryMaxUsage),
                "limit": JSONValue(stats.memoryLimit), "stat": .object(JSONObject(memoryStat)),
            ],
            "cpu": [
                "total": JSONValue(stats.cpuTotal), "user": JSONValue(stats.cpuUser),
                "system": JSONValue(stats.cpuSystem), "per_core": .array(stats.cpuPerCore.map { JSONValue($0) }),
                "throttle_periods": JSONValue(stats.throttlePeriods),
                "throttled_periods": JSONValue(stats.throttledPeriods),
                "throttled_time": JSONValue(stats.throttledTime),
            ],
            "pids": ["current": JSONValue(stats.pidsCurrent), "limit": JSONValue(stats.pidsLimit)],
            "block_io": .array(blockIO),
        ]
    }
}
