/// What a container has used, the same for both cgroup versions; `nil` where the host has no such controller.
package struct CgroupStatistics: Codable, Equatable, Sendable {
    /// CPU times in nanoseconds.
    package struct CPU: Codable, Equatable, Sendable {
        package var total: UInt64 = 0
        package var user: UInt64 = 0
        package var kernel: UInt64 = 0
        package var perCPU: [UInt64] = []
        package var perCPUUser: [UInt64] = []
        package var perCPUKernel: [UInt64] = []
        package var periods: UInt64 = 0
        package var throttledPeriods: UInt64 = 0
        package var throttledTime: UInt64 = 0
        package var pressure: Pressure?
    }

    /// How long tasks waited for something (version 2), see the kernel's accounting/psi.rst.
    package struct Pressure: Codable, Equatable, Sendable {
        /// Percent of the last 10, 60 and 300 seconds, and microseconds in all.
        package struct Share: Codable, Equatable, Sendable {
            package var avg10 = 0.0
            package var avg60 = 0.0
            package var avg300 = 0.0
            package var total: UInt64 = 0
        }

        package var some = Share()
        package var full = Share()
    }

    /// The settings of version 1's cpuset: the lists of CPUs and nodes, and the files with one number.
    package struct CPUSet: Codable, Equatable, Sendable {
        package var cpus: [UInt64] = []
        package var mems: [UInt64] = []
        package var settings: [String: Int64] = [:]
    }

    /// Memory in bytes; a limit of `UInt64.max` is none.
    package struct Memory: Codable, Equatable, Sendable {
        package var usage: UInt64 = 0
        package var peak: UInt64 = 0
        package var limit: UInt64 = 0
        package var failures: UInt64 = 0
        /// Version 1: memory and swap together; version 2: swap alone.
        package var swapUsage: UInt64 = 0
        package var swapLimit: UInt64 = 0
        package var swapPeak: UInt64 = 0
        package var swapFailures: UInt64 = 0
        package var kernelUsage: UInt64 = 0
        package var kernelPeak: UInt64 = 0
        package var kernelFailures: UInt64 = 0
        package var kernelTCPUsage: UInt64 = 0
        package var kernelTCPPeak: UInt64 = 0
        package var kernelTCPFailures: UInt64 = 0
        package var pressure: Pressure?
        package var oomKills: UInt64 = 0
        /// The lines of `memory.stat`.
        package var details: [String: UInt64] = [:]
    }

    package struct Pids: Codable, Equatable, Sendable {
        package var current: UInt64 = 0
        package var limit: UInt64 = 0
    }

    /// A counter of one device and operation (`Read`, `Write` …).
    package struct BlockIOEntry: Codable, Equatable, Sendable {
        package var major: UInt64
        package var minor: UInt64
        package var operation: String
        package var value: UInt64
    }

    package struct BlockIO: Codable, Equatable, Sendable {
        package var bytes: [BlockIOEntry] = []
        package var operations: [BlockIOEntry] = []
        /// What only version 1's BFQ counts, by the name of its file (`io_queued`).
        package var scheduler: [String: [BlockIOEntry]] = [:]
        package var pressure: Pressure?
    }

    package struct HugePages: Codable, Equatable, Sendable {
        package var pageSize: String
        package var usage: UInt64 = 0
        package var peak: UInt64 = 0
        package var failures: UInt64 = 0
    }

    package var cpu: CPU?
    package var cpuset: CPUSet?
    package var memory: Memory?
    package var pids: Pids?
    package var blockIO: BlockIO?
    package var hugePages: [HugePages] = []
    /// Whether the memory numbers are version 2's.
    package var isUnified = false

    package init() {}
}
