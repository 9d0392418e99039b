/// A sample of a container's resource use, the answer of `GET /containers/{id}/stats`.
package struct ContainerStats: Codable, Equatable, Sendable {
    package var name = ""
    package var id = ""
    /// RFC 3339; the year 1 when there is no sample.
    package var read = Self.never
    package var preread = Self.never
    package var pids = Pids()
    package var blockIO = BlockIO()
    package var processCount: UInt32 = 0
    package var storage = EmptyObject()
    package var cpu = CPU()
    package var previousCPU = CPU()
    package var memory = Memory()
    package var networks: [String: Network]?

    package static let never = "0001-01-01T00:00:00Z"

    package init() {}

    package struct Pids: Codable, Equatable, Sendable {
        package var current: UInt64?
        /// Absent for no limit.
        package var limit: UInt64?

        package init() {}
    }

    package struct BlockIO: Codable, Equatable, Sendable {
        @Nullable package var bytes: [Entry]?
        @Nullable package var operations: [Entry]?
        @Nullable package var queued: [Entry]?
        @Nullable package var serviceTime: [Entry]?
        @Nullable package var waitTime: [Entry]?
        @Nullable package var merged: [Entry]?
        @Nullable package var time: [Entry]?
        @Nullable package var sectors: [Entry]?

        package init() {}

        package struct Entry: Codable, Equatable, Sendable {
            package var major: UInt64
            package var minor: UInt64
            package var op: String
            package var value: UInt64

            package init(major: UInt64, minor: UInt64, op: String, value: UInt64) {
                self.major = major
                self.minor = minor
                self.op = op
                self.value = value
            }
        }

        private enum CodingKeys: String, CodingKey {
            case bytes = "io_service_bytes_recursive"
            case operations = "io_serviced_recursive"
            case queued = "io_queue_recursive"
            case serviceTime = "io_service_time_recursive"
            case waitTime = "io_wait_time_recursive"
            case merged = "io_merged_recursive"
            case time = "io_time_recursive"
            case sectors = "sectors_recursive"
        }
    }

    /// Times in nanoseconds.
    package struct CPU: Codable, Equatable, Sendable {
        package var usage = Usage()
        /// The time that all processors of the host have been there, busy or not.
        package var system: UInt64?
        package var online: UInt32?
        package var throttling = Throttling()

        package init() {}

        package struct Usage: Codable, Equatable, Sendable {
            package var total: UInt64 = 0
            package var perCore: [UInt64]?
            package var kernel: UInt64 = 0
            package var user: UInt64 = 0

            package init() {}

            private enum CodingKeys: String, CodingKey {
                case total = "total_usage"
                case perCore = "percpu_usage"
                case kernel = "usage_in_kernelmode"
                case user = "usage_in_usermode"
            }
        }

        package struct Throttling: Codable, Equatable, Sendable {
            package var periods: UInt64 = 0
            package var throttledPeriods: UInt64 = 0
            package var throttledTime: UInt64 = 0

            package init() {}

            private enum CodingKeys: String, CodingKey {
                case periods
                case throttledPeriods = "throttled_periods"
                case throttledTime = "throttled_time"
            }
        }

        private enum CodingKeys: String, CodingKey {
            case usage = "cpu_usage"
            case system = "system_cpu_usage"
            case online = "online_cpus"
            case throttling = "throttling_data"
        }
    }

    /// Sizes in bytes.
    package struct Memory: Codable, Equatable, Sendable {
        package var usage: UInt64?
        package var maxUsage: UInt64?
        package var stats: [String: UInt64]?
        package var limit: UInt64?

        package init() {}

        private enum CodingKeys: String, CodingKey {
            case usage
            case maxUsage = "max_usage"
            case stats
            case limit
        }
    }

    package struct Network: Codable, Equatable, Sendable {
        package var receivedBytes: UInt64 = 0
        package var receivedPackets: UInt64 = 0
        package var receiveErrors: UInt64 = 0
        package var receiveDropped: UInt64 = 0
        package var sentBytes: UInt64 = 0
        package var sentPackets: UInt64 = 0
        package var sendErrors: UInt64 = 0
        package var sendDropped: UInt64 = 0

        package init() {}

        private enum CodingKeys: String, CodingKey {
            case receivedBytes = "rx_bytes"
            case receivedPackets = "rx_packets"
            case receiveErrors = "rx_errors"
            case receiveDropped = "rx_dropped"
            case sentBytes = "tx_bytes"
            case sentPackets = "tx_packets"
            case sendErrors = "tx_errors"
            case sendDropped = "tx_dropped"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case name
        case id
        case read
        case preread
        case pids = "pids_stats"
        case blockIO = "blkio_stats"
        case processCount = "num_procs"
        case storage = "storage_stats"
        case cpu = "cpu_stats"
        case previousCPU = "precpu_stats"
        case memory = "memory_stats"
        case networks
    }
}
