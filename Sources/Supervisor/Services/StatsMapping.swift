internal import Glibc
internal import SupervisorProtocol
internal import SwiftProtobuf
internal import TaskProtocol

/// Turns a shim's metrics message, of either cgroup version, into ours.
enum StatsMapping {
    static func response(_ packed: Google_Protobuf_Any) throws -> Skiff_Supervisor_V1_StatsResponse {
        var response: Skiff_Supervisor_V1_StatsResponse
        switch packed.typeURL.split(separator: "/").last ?? "" {
        case "io.containerd.cgroups.v1.Metrics":
            response = map(try Io_Containerd_Cgroups_V1_Metrics(serializedBytes: packed.value))
        case "io.containerd.cgroups.v2.Metrics":
            response = map(try Io_Containerd_Cgroups_V2_Metrics(serializedBytes: packed.value))
        default:
            throw SupervisorError.system("the shim answered statistics of unknown type \(packed.typeURL)")
        }
        response.readAt = Moment.now.timestamp
        response.onlineCpus = UInt32(clamping: sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        return response
    }

    /// A limit above any host's memory is none.
    private static func limit(_ value: UInt64) -> UInt64 { value >= 1 << 62 ? 0 : value }

    private static func map(_ metrics: Io_Containerd_Cgroups_V1_Metrics) -> Skiff_Supervisor_V1_StatsResponse {
        var response = Skiff_Supervisor_V1_StatsResponse()
        response.cpuTotal = metrics.cpu.usage.total
        response.cpuUser = metrics.cpu.usage.user
        response.cpuSystem = metrics.cpu.usage.kernel
        response.cpuPerCore = metrics.cpu.usage.perCpu
        response.throttlePeriods = metrics.cpu.throttling.periods
        response.throttledPeriods = metrics.cpu.throttling.throttledPeriods
        response.throttledTime = metrics.cpu.throttling.throttledTime
        response.memoryUsage = metrics.memory.usage.usage
        response.memoryMaxUsage = metrics.memory.usage.max
        response.memoryLimit = limit(metrics.memory.usage.limit)
        let memory = metrics.memory
        response.memoryStat = [
            "cache": memory.cache, "rss": memory.rss, "mapped_file": memory.mappedFile, "pgfault": memory.pgFault,
            "pgmajfault": memory.pgMajFault, "inactive_anon": memory.inactiveAnon, "active_anon": memory.activeAnon,
            "inactive_file": memory.inactiveFile, "active_file": memory.activeFile,
            "unevictable": memory.unevictable, "total_cache": memory.totalCache, "total_rss": memory.totalRss,
            "total_inactive_file": memory.totalInactiveFile, "total_active_file": memory.totalActiveFile,
        ]
        response.pidsCurrent = metrics.pids.current
        response.pidsLimit = limit(metrics.pids.limit)
        response.blockIo = blockIO(metrics.blkio)
        return response
    }

    private static func blockIO(_ stat: Io_Containerd_Cgroups_V1_BlkIOStat) -> [Skiff_Supervisor_V1_BlockIO] {
        var devices: [[UInt64]: Skiff_Supervisor_V1_BlockIO] = [:]
        func add(
            _ entries: [Io_Containerd_Cgroups_V1_BlkIOEntry],
            _ reads: WritableKeyPath<Skiff_Supervisor_V1_BlockIO, UInt64>,
            _ writes: WritableKeyPath<Skiff_Supervisor_V1_BlockIO, UInt64>
        ) {
            for entry in entries where entry.op == "Read" || entry.op == "Write" {
                var device = devices[[entry.major, entry.minor]] ?? .init()
                device.major = entry.major
                device.minor = entry.minor
                device[keyPath: entry.op == "Read" ? reads : writes] += entry.value
                devices[[entry.major, entry.minor]] = device
            }
        }
        add(stat.ioServiceBytesRecursive, \.readBytes, \.writeBytes)
        add(stat.ioServicedRecursive, \.readOperations, \.writeOperations)
        return devices.values.sorted { ($0.major, $0.minor) < ($1.major, $1.minor) }
    }

    private static func map(_ metrics: Io_Containerd_Cgroups_V2_Metrics) -> Skiff_Supervisor_V1_StatsResponse {
        var response = Skiff_Supervisor_V1_StatsResponse()
        response.cpuTotal = metrics.cpu.usageUsec &* 1000
        response.cpuUser = metrics.cpu.userUsec &* 1000
        response.cpuSystem = metrics.cpu.systemUsec &* 1000
        response.throttlePeriods = metrics.cpu.nrPeriods
        response.throttledPeriods = metrics.cpu.nrThrottled
        response.throttledTime = metrics.cpu.throttledUsec &* 1000
        let memory = metrics.memory
        response.memoryUsage = memory.usage
        response.memoryLimit = limit(memory.usageLimit)
        response.memoryStat = [
            "anon": memory.anon, "file": memory.file, "shmem": memory.shmem, "file_mapped": memory.fileMapped,
            "inactive_anon": memory.inactiveAnon, "active_anon": memory.activeAnon,
            "inactive_file": memory.inactiveFile, "active_file": memory.activeFile,
            "unevictable": memory.unevictable, "slab": memory.slab, "pgfault": memory.pgfault,
            "pgmajfault": memory.pgmajfault,
        ]
        response.pidsCurrent = metrics.pids.current
        response.pidsLimit = limit(metrics.pids.limit)
        response.blockIo = metrics.io.usage.map { entry in
            var device = Skiff_Supervisor_V1_BlockIO()
            device.major = entry.major
            device.minor = entry.minor
            device.readBytes = entry.rbytes
            device.writeBytes = entry.wbytes
            device.readOperations = entry.rios
            device.writeOperations = entry.wios
            return device
        }
        return response
    }
}
