/// What a sample of `/containers/{id}/stats` means.
package enum StatsCalculation {
    package static func cpuPercent(_ sample: JSONValue) -> Double {
        let now = sample["cpu_stats"]
        let before = sample["precpu_stats"]
        let used = number(now["cpu_usage"]["total_usage"]) - number(before["cpu_usage"]["total_usage"])
        let passed = number(now["system_cpu_usage"]) - number(before["system_cpu_usage"])
        var cpus = number(now["online_cpus"])
        if cpus == 0 { cpus = Double(now["cpu_usage"]["percpu_usage"].arrayValue?.count ?? 0) }
        return passed > 0 && used > 0 ? used / passed * cpus * 100 : 0
    }

    /// Memory in use without what the page cache could give back.
    package static func memory(_ sample: JSONValue) -> Double {
        let memory = sample["memory_stats"]
        let usage = number(memory["usage"])
        for key in ["total_inactive_file", "inactive_file"] {
            if let idle = memory["stats"][key].doubleValue, idle < usage { return usage - idle }
        }
        return usage
    }

    package static func network(_ sample: JSONValue) -> (received: Double, sent: Double) {
        (sample["networks"].objectValue?.members ?? []).reduce((0, 0)) { sum, member in
            (sum.0 + number(member.value["rx_bytes"]), sum.1 + number(member.value["tx_bytes"]))
        }
    }

    package static func blockDevices(_ sample: JSONValue) -> (read: Double, written: Double) {
        (sample["blkio_stats"]["io_service_bytes_recursive"].arrayValue ?? []).reduce((0, 0)) { sum, entry in
            switch entry["op"].text.first {
            case "r", "R": (sum.0 + number(entry["value"]), sum.1)
            case "w", "W": (sum.0, sum.1 + number(entry["value"]))
            default: sum
            }
        }
    }

    private static func number(_ value: JSONValue) -> Double { value.doubleValue ?? 0 }
}
