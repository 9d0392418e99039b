/// What a container has used, the same for both cgroup versions; `nil` where the host has no such controller.
package struct CgroupStatistics: Codable, Equatable, Sendable {
    /// CPU times in nanoseconds.
    package struct CPU: Codable, Equatable, Sendable {
        package var total: UInt64 = 0
        package var user: UInt64 = 0
        package var kernel: UInt64 = 0
        package var perCPU: [UInt64] = []
        package var periods: UInt64 = 0
        package var throttledPeriods: UInt64 = 0
        package var throttledTime: UInt64 = 0
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
        package var kernelUsage: UInt64 = 0
        package var kernelTCPUsage: UInt64 = 0
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
    }

    package struct HugePages: Codable, Equatable, Sendable {
        package var pageSize: String
        package var usage: UInt64 = 0
        package var peak: UInt64 = 0
        package var failures: UInt64 = 0
    }

    package var cpu: CPU?
    package var memory: Memory?
    package var pids: Pids?
    package var blockIO: BlockIO?
    package var hugePages: [HugePages] = []
    /// Whether the memory numbers are version 2's.
    package var isUnified = false

    package init() {}
}
