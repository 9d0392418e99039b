internal import Cgroups

/// A line of `events --stats`, runc's fields.
struct StatisticsEvent: Encodable {
    struct Usage: Encodable {
        var limit: UInt64
        var usage: UInt64
        var max: UInt64
        var failcnt: UInt64
    }

    struct Memory: Encodable {
        var cache: UInt64
        var usage: Usage
        var swap: Usage
        var kernel: Usage
        var kernelTCP: Usage
        var raw: [String: UInt64]
    }

    struct CPU: Encodable {
        struct Times: Encodable {
            var total: UInt64
            var percpu: [UInt64]
            var kernel: UInt64
            var user: UInt64
        }
        struct Throttling: Encodable {
            var periods: UInt64
            var throttledPeriods: UInt64
            var throttledTime: UInt64
        }
        var usage: Times
        var throttling: Throttling
    }

    struct Pids: Encodable {
        var current: UInt64
        var limit: UInt64
    }

    struct BlockIOEntry: Encodable {
        var major: UInt64
        var minor: UInt64
        var op: String
        var value: UInt64
    }

    struct BlockIO: Encodable {
        var ioServiceBytesRecursive: [BlockIOEntry]
        var ioServicedRecursive: [BlockIOEntry]
    }

    struct Payload: Encodable {
        var cpu: CPU?
        var memory: Memory?
        var pids: Pids?
        var blkio: BlockIO?
        var hugetlb: [String: Usage]
    }

    var type = "stats"
    var id: String
    var data: Payload

    init(id: String, _ statistics: CgroupStatistics) {
        self.id = id
        func entries(_ entries: [CgroupStatistics.BlockIOEntry]) -> [BlockIOEntry] {
            entries.map { BlockIOEntry(major: $0.major, minor: $0.minor, op: $0.operation, value: $0.value) }
        }
        data = Payload(hugetlb: [:])
        data.cpu = statistics.cpu.map { cpu in
            CPU(
                usage: CPU.Times(total: cpu.total, percpu: cpu.perCPU, kernel: cpu.kernel, user: cpu.user),
                throttling: CPU.Throttling(
                    periods: cpu.periods, throttledPeriods: cpu.throttledPeriods, throttledTime: cpu.throttledTime))
        }
        data.memory = statistics.memory.map { memory in
            Memory(
                cache: memory.details["cache"] ?? memory.details["file"] ?? 0,
                usage: Usage(limit: memory.limit, usage: memory.usage, max: memory.peak, failcnt: memory.failures),
                swap: Usage(limit: memory.swapLimit, usage: memory.swapUsage, max: 0, failcnt: 0),
                kernel: Usage(limit: 0, usage: memory.kernelUsage, max: 0, failcnt: 0),
                kernelTCP: Usage(limit: 0, usage: memory.kernelTCPUsage, max: 0, failcnt: 0), raw: memory.details)
        }
        // runc has 0 for no limit here.
        data.pids = statistics.pids.map { Pids(current: $0.current, limit: $0.limit == .max ? 0 : $0.limit) }
        data.blkio = statistics.blockIO.map {
            BlockIO(ioServiceBytesRecursive: entries($0.bytes), ioServicedRecursive: entries($0.operations))
        }
        for pages in statistics.hugePages {
            data.hugetlb[pages.pageSize] = Usage(limit: 0, usage: pages.usage, max: pages.peak, failcnt: pages.failures)
        }
    }
}
