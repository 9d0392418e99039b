internal import Cgroups

/// A line of `events` with what a container uses, runc's fields.
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
        var psi: CgroupStatistics.Pressure?
    }

    struct CPU: Encodable {
        struct Times: Encodable {
            var total: UInt64
            var percpu: [UInt64]
            var percpuKernel: [UInt64]
            var percpuUser: [UInt64]
            var kernel: UInt64
            var user: UInt64

            enum CodingKeys: String, CodingKey {
                case total, percpu, kernel, user
                case percpuKernel = "percpu_kernel"
                case percpuUser = "percpu_user"
            }
        }
        struct Throttling: Encodable {
            var periods: UInt64
            var throttledPeriods: UInt64
            var throttledTime: UInt64
        }
        var usage: Times
        var throttling: Throttling
        var psi: CgroupStatistics.Pressure?
    }

    /// The lists, and each file of one number under its name.
    struct CPUSet: Encodable {
        let cpuset: CgroupStatistics.CPUSet

        private struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: Key.self)
            try members.encode(cpuset.cpus, forKey: Key(stringValue: "cpus"))
            try members.encode(cpuset.mems, forKey: Key(stringValue: "mems"))
            for (name, value) in cpuset.settings.sorted(by: { $0.key < $1.key }) {
                try members.encode(value, forKey: Key(stringValue: name))
            }
        }
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
        var ioQueueRecursive: [BlockIOEntry]
        var ioServiceTimeRecursive: [BlockIOEntry]
        var ioWaitTimeRecursive: [BlockIOEntry]
        var ioMergedRecursive: [BlockIOEntry]
        var ioTimeRecursive: [BlockIOEntry]
        var sectorsRecursive: [BlockIOEntry]
        var psi: CgroupStatistics.Pressure?
    }

    struct Payload: Encodable {
        var cpu: CPU?
        var cpuset: CPUSet?
        var memory: Memory?
        var pids: Pids?
        var blkio: BlockIO?
        var hugetlb: [String: Usage]
    }

    var type = "stats"
    var id: String
    var data: Payload
}

/// A line of `events` that tells that a container ran out of memory.
struct OutOfMemoryEvent: Encodable {
    var type = "oom"
    var id: String
}
