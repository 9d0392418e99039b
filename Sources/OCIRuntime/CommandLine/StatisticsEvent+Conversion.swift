internal import Cgroups

extension StatisticsEvent {
    init(id: String, _ statistics: CgroupStatistics) {
        self.id = id
        data = Payload(hugetlb: [:])
        data.cpu = statistics.cpu.map(CPU.init)
        data.cpuset = statistics.cpuset.map(CPUSet.init)
        data.memory = statistics.memory.map { Memory($0, isUnified: statistics.isUnified) }
        // runc has 0 for no limit here.
        data.pids = statistics.pids.map { Pids(current: $0.current, limit: $0.limit == .max ? 0 : $0.limit) }
        data.blkio = statistics.blockIO.map(BlockIO.init)
        for pages in statistics.hugePages {
            data.hugetlb[pages.pageSize] = Usage(limit: 0, usage: pages.usage, max: pages.peak, failcnt: pages.failures)
        }
    }
}

extension StatisticsEvent.CPU {
    init(_ cpu: CgroupStatistics.CPU) {
        usage = Times(
            total: cpu.total, percpu: cpu.perCPU, percpuKernel: cpu.perCPUKernel, percpuUser: cpu.perCPUUser,
            kernel: cpu.kernel, user: cpu.user)
        throttling = Throttling(
            periods: cpu.periods, throttledPeriods: cpu.throttledPeriods, throttledTime: cpu.throttledTime)
        psi = cpu.pressure
    }
}

extension StatisticsEvent.Memory {
    /// No limit is the largest number in version 2 and the largest number of whole pages in version 1, as the kernel
    /// has it there.
    init(_ memory: CgroupStatistics.Memory, isUnified: Bool) {
        func shown(_ limit: UInt64) -> UInt64 {
            limit == .max && !isUnified ? UInt64(Int64.max) / 4096 * 4096 : limit
        }
        cache = memory.details["cache"] ?? memory.details["file"] ?? 0
        usage = StatisticsEvent.Usage(
            limit: shown(memory.limit), usage: memory.usage, max: memory.peak, failcnt: memory.failures)
        swap = StatisticsEvent.Usage(
            limit: shown(memory.swapLimit), usage: memory.swapUsage, max: memory.swapPeak, failcnt: memory.swapFailures)
        kernel = StatisticsEvent.Usage(
            limit: shown(.max), usage: memory.kernelUsage, max: memory.kernelPeak, failcnt: memory.kernelFailures)
        kernelTCP = StatisticsEvent.Usage(
            limit: shown(.max), usage: memory.kernelTCPUsage, max: memory.kernelTCPPeak,
            failcnt: memory.kernelTCPFailures)
        raw = memory.details
        psi = memory.pressure
    }
}

extension StatisticsEvent.BlockIO {
    init(_ blockIO: CgroupStatistics.BlockIO) {
        func entries(_ entries: [CgroupStatistics.BlockIOEntry]?) -> [StatisticsEvent.BlockIOEntry] {
            (entries ?? []).map {
                StatisticsEvent.BlockIOEntry(major: $0.major, minor: $0.minor, op: $0.operation, value: $0.value)
            }
        }
        ioServiceBytesRecursive = entries(blockIO.bytes)
        ioServicedRecursive = entries(blockIO.operations)
        ioQueueRecursive = entries(blockIO.scheduler["io_queued"])
        ioServiceTimeRecursive = entries(blockIO.scheduler["io_service_time"])
        ioWaitTimeRecursive = entries(blockIO.scheduler["io_wait_time"])
        ioMergedRecursive = entries(blockIO.scheduler["io_merged"])
        ioTimeRecursive = entries(blockIO.scheduler["time"])
        sectorsRecursive = entries(blockIO.scheduler["sectors"])
        psi = blockIO.pressure
    }
}
