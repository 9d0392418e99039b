internal import Cgroups
internal import SwiftProtobuf
internal import TaskProtocol

/// A container's statistics as containerd's metrics messages.
enum TaskMetrics {
    /// The message for the host's cgroup version, packed with containerd's type URL.
    static func pack(_ statistics: CgroupStatistics) throws -> Google_Protobuf_Any {
        let message: any Message = statistics.isUnified ? versionTwo(statistics) : versionOne(statistics)
        var packed = Google_Protobuf_Any()
        packed.typeURL = type(of: message).protoMessageName
        packed.value = try message.serializedData()
        return packed
    }

    private static func versionOne(_ statistics: CgroupStatistics) -> Io_Containerd_Cgroups_V1_Metrics {
        var metrics = Io_Containerd_Cgroups_V1_Metrics()
        if let cpu = statistics.cpu {
            metrics.cpu.usage.total = cpu.total
            metrics.cpu.usage.kernel = cpu.kernel
            metrics.cpu.usage.user = cpu.user
            metrics.cpu.usage.perCpu = cpu.perCPU
            metrics.cpu.throttling.periods = cpu.periods
            metrics.cpu.throttling.throttledPeriods = cpu.throttledPeriods
            metrics.cpu.throttling.throttledTime = cpu.throttledTime
        }
        if let pids = statistics.pids {
            metrics.pids.current = pids.current
            metrics.pids.limit = pids.limit == .max ? 0 : pids.limit
        }
        if let memory = statistics.memory { metrics.memory = versionOne(memory) }
        if let memory = statistics.memory { metrics.memoryOomControl.oomKill = memory.oomKills }
        if let blockIO = statistics.blockIO {
            metrics.blkio.ioServiceBytesRecursive = blockIO.bytes.map(entry)
            metrics.blkio.ioServicedRecursive = blockIO.operations.map(entry)
        }
        metrics.hugetlb = statistics.hugePages.map { pages in
            var stat = Io_Containerd_Cgroups_V1_HugetlbStat()
            stat.pagesize = pages.pageSize
            stat.usage = pages.usage
            stat.max = pages.peak
            stat.failcnt = pages.failures
            return stat
        }
        return metrics
    }

    private static func versionOne(_ memory: CgroupStatistics.Memory) -> Io_Containerd_Cgroups_V1_MemoryStat {
        var stat = Io_Containerd_Cgroups_V1_MemoryStat()
        stat.usage.usage = memory.usage
        stat.usage.max = memory.peak
        stat.usage.limit = memory.limit
        stat.usage.failcnt = memory.failures
        stat.swap.usage = memory.swapUsage
        stat.swap.limit = memory.swapLimit
        stat.kernel.usage = memory.kernelUsage
        stat.kernelTcp.usage = memory.kernelTCPUsage
        let fields: [(String, WritableKeyPath<Io_Containerd_Cgroups_V1_MemoryStat, UInt64>)] = [
            ("cache", \.cache), ("rss", \.rss), ("rss_huge", \.rssHuge), ("mapped_file", \.mappedFile),
            ("dirty", \.dirty), ("writeback", \.writeback), ("pgpgin", \.pgPgIn), ("pgpgout", \.pgPgOut),
            ("pgfault", \.pgFault), ("pgmajfault", \.pgMajFault), ("inactive_anon", \.inactiveAnon),
            ("active_anon", \.activeAnon), ("inactive_file", \.inactiveFile), ("active_file", \.activeFile),
            ("unevictable", \.unevictable), ("hierarchical_memory_limit", \.hierarchicalMemoryLimit),
            ("hierarchical_memsw_limit", \.hierarchicalSwapLimit), ("total_cache", \.totalCache),
            ("total_rss", \.totalRss), ("total_rss_huge", \.totalRssHuge), ("total_mapped_file", \.totalMappedFile),
            ("total_dirty", \.totalDirty), ("total_writeback", \.totalWriteback), ("total_pgpgin", \.totalPgPgIn),
            ("total_pgpgout", \.totalPgPgOut), ("total_pgfault", \.totalPgFault),
            ("total_pgmajfault", \.totalPgMajFault), ("total_inactive_anon", \.totalInactiveAnon),
            ("total_active_anon", \.totalActiveAnon), ("total_inactive_file", \.totalInactiveFile),
            ("total_active_file", \.totalActiveFile), ("total_unevictable", \.totalUnevictable),
        ]
        for (key, field) in fields { stat[keyPath: field] = memory.details[key] ?? 0 }
        return stat
    }

    private static func entry(_ entry: CgroupStatistics.BlockIOEntry) -> Io_Containerd_Cgroups_V1_BlkIOEntry {
        var result = Io_Containerd_Cgroups_V1_BlkIOEntry()
        result.op = entry.operation
        result.major = entry.major
        result.minor = entry.minor
        result.value = entry.value
        return result
    }

    private static func versionTwo(_ statistics: CgroupStatistics) -> Io_Containerd_Cgroups_V2_Metrics {
        var metrics = Io_Containerd_Cgroups_V2_Metrics()
        if let cpu = statistics.cpu {
            metrics.cpu.usageUsec = cpu.total / 1000
            metrics.cpu.userUsec = cpu.user / 1000
            metrics.cpu.systemUsec = cpu.kernel / 1000
            metrics.cpu.nrPeriods = cpu.periods
            metrics.cpu.nrThrottled = cpu.throttledPeriods
            metrics.cpu.throttledUsec = cpu.throttledTime / 1000
        }
        if let pids = statistics.pids {
            metrics.pids.current = pids.current
            metrics.pids.limit = pids.limit == .max ? 0 : pids.limit
        }
        if let memory = statistics.memory {
            metrics.memory = versionTwo(memory)
            metrics.memoryEvents.oomKill = memory.oomKills
            metrics.memoryEvents.max = memory.failures
        }
        if let blockIO = statistics.blockIO { metrics.io.usage = versionTwo(blockIO) }
        metrics.hugetlb = statistics.hugePages.map { pages in
            var stat = Io_Containerd_Cgroups_V2_HugeTlbStat()
            stat.pagesize = pages.pageSize
            stat.current = pages.usage
            stat.max = pages.peak
            return stat
        }
        return metrics
    }

    private static func versionTwo(_ memory: CgroupStatistics.Memory) -> Io_Containerd_Cgroups_V2_MemoryStat {
        var stat = Io_Containerd_Cgroups_V2_MemoryStat()
        stat.usage = memory.usage
        stat.usageLimit = memory.limit
        stat.swapUsage = memory.swapUsage
        stat.swapLimit = memory.swapLimit
        let fields: [(String, WritableKeyPath<Io_Containerd_Cgroups_V2_MemoryStat, UInt64>)] = [
            ("anon", \.anon), ("file", \.file), ("kernel_stack", \.kernelStack), ("slab", \.slab), ("sock", \.sock),
            ("shmem", \.shmem), ("file_mapped", \.fileMapped), ("file_dirty", \.fileDirty),
            ("file_writeback", \.fileWriteback), ("anon_thp", \.anonThp), ("inactive_anon", \.inactiveAnon),
            ("active_anon", \.activeAnon), ("inactive_file", \.inactiveFile), ("active_file", \.activeFile),
            ("unevictable", \.unevictable), ("slab_reclaimable", \.slabReclaimable),
            ("slab_unreclaimable", \.slabUnreclaimable), ("pgfault", \.pgfault), ("pgmajfault", \.pgmajfault),
            ("pgrefill", \.pgrefill), ("pgscan", \.pgscan), ("pgsteal", \.pgsteal), ("pgactivate", \.pgactivate),
            ("pgdeactivate", \.pgdeactivate), ("pglazyfree", \.pglazyfree), ("pglazyfreed", \.pglazyfreed),
        ]
        for (key, field) in fields { stat[keyPath: field] = memory.details[key] ?? 0 }
        return stat
    }

    private static func versionTwo(_ blockIO: CgroupStatistics.BlockIO) -> [Io_Containerd_Cgroups_V2_IOEntry] {
        var devices: [[UInt64]: Io_Containerd_Cgroups_V2_IOEntry] = [:]
        func add(
            _ entries: [CgroupStatistics.BlockIOEntry],
            _ reads: WritableKeyPath<Io_Containerd_Cgroups_V2_IOEntry, UInt64>,
            _ writes: WritableKeyPath<Io_Containerd_Cgroups_V2_IOEntry, UInt64>
        ) {
            for entry in entries {
                var device = devices[[entry.major, entry.minor]] ?? .init()
                device.major = entry.major
                device.minor = entry.minor
                device[keyPath: entry.operation == "Read" ? reads : writes] = entry.value
                devices[[entry.major, entry.minor]] = device
            }
        }
        add(blockIO.bytes, \.rbytes, \.wbytes)
        add(blockIO.operations, \.rios, \.wios)
        return devices.values.sorted { ($0.major, $0.minor) < ($1.major, $1.minor) }
    }
}
