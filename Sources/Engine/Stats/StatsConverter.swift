package import EngineAPI
package import SupervisorClient

/// Turns the supervisor's counters into what Docker answers for a container's statistics.
package struct StatsConverter: Sendable {
    private let facts: HostFacts

    package init(facts: HostFacts) {
        self.facts = facts
    }

    /// The answer for a container that does not run: no sample.
    package static func empty(name: String, id: String) -> ContainerStats {
        var stats = ContainerStats()
        stats.name = name.hasPrefix("/") ? name : "/" + name
        stats.id = id
        return stats
    }

    /// - Parameters:
    ///   - pid: A process in the container's own network namespace; nil if it shares the host's.
    ///   - previous: The sample before this one, for the differences that clients show.
    package func sample(
        _ response: SupervisorClient.StatsResponse, name: String, id: String, pid: UInt32?, previous: ContainerStats?
    ) -> ContainerStats {
        convert(
            response, name: name, id: id, systemCPU: HostCounters.systemCPU(),
            networks: pid.flatMap(HostCounters.networks), previous: previous)
    }

    package func convert(
        _ response: SupervisorClient.StatsResponse, name: String, id: String, systemCPU: UInt64?,
        networks: [String: ContainerStats.Network]?, previous: ContainerStats?
    ) -> ContainerStats {
        var stats = Self.empty(name: name, id: id)
        stats.read =
            LogTimestamp(seconds: response.readAt.seconds, nanoseconds: response.readAt.nanos).description
        stats.preread = previous?.read ?? ContainerStats.never
        stats.previousCPU = previous?.cpu ?? ContainerStats.CPU()
        stats.cpu = cpu(response, systemCPU: systemCPU)
        stats.memory = memory(response)
        stats.pids.current = response.pidsCurrent == 0 ? nil : response.pidsCurrent
        stats.pids.limit = response.pidsLimit == 0 ? nil : response.pidsLimit
        stats.blockIO = blockIO(response)
        stats.networks = networks?.isEmpty == false ? networks : nil
        return stats
    }

    private func cpu(_ response: SupervisorClient.StatsResponse, systemCPU: UInt64?) -> ContainerStats.CPU {
        var cpu = ContainerStats.CPU()
        cpu.usage.total = response.cpuTotal
        cpu.usage.user = response.cpuUser
        cpu.usage.kernel = response.cpuSystem
        cpu.usage.perCore = response.cpuPerCore.isEmpty ? nil : response.cpuPerCore
        cpu.system = systemCPU
        cpu.online = response.onlineCpus > 0 ? response.onlineCpus : UInt32(facts.onlineCPUs.count)
        cpu.throttling.periods = response.throttlePeriods
        cpu.throttling.throttledPeriods = response.throttledPeriods
        cpu.throttling.throttledTime = response.throttledTime
        return cpu
    }

    private func memory(_ response: SupervisorClient.StatsResponse) -> ContainerStats.Memory {
        var memory = ContainerStats.Memory()
        memory.usage = response.memoryUsage
        memory.maxUsage = response.memoryMaxUsage == 0 ? nil : response.memoryMaxUsage
        let keys = facts.cgroupMode == .v2 ? MemoryCounters.v2 : MemoryCounters.v1
        memory.stats = response.memoryStat.filter { keys.contains($0.key) }
        // No limit is told as the host's memory.
        let limit = response.memoryLimit
        memory.limit = limit == 0 || (facts.hostMemory > 0 && limit > facts.hostMemory) ? facts.hostMemory : limit
        return memory
    }

    private func blockIO(_ response: SupervisorClient.StatsResponse) -> ContainerStats.BlockIO {
        var block = ContainerStats.BlockIO()
        block.bytes = []
        for device in response.blockIo {
            func entry(_ op: String, _ value: UInt64) -> ContainerStats.BlockIO.Entry {
                ContainerStats.BlockIO.Entry(major: device.major, minor: device.minor, op: op, value: value)
            }
            if facts.cgroupMode == .v2 {
                block.bytes? += [entry("read", device.readBytes), entry("write", device.writeBytes)]
                continue
            }
            block.bytes? += [
                entry("Read", device.readBytes), entry("Write", device.writeBytes),
                entry("Total", device.readBytes &+ device.writeBytes),
            ]
            block.operations =
                (block.operations ?? []) + [
                    entry("Read", device.readOperations), entry("Write", device.writeOperations),
                    entry("Total", device.readOperations &+ device.writeOperations),
                ]
        }
        if facts.cgroupMode == .v2 { return block }
        block.operations = block.operations ?? []
        block.queued = []
        block.serviceTime = []
        block.waitTime = []
        block.merged = []
        block.time = []
        block.sectors = []
        return block
    }
}
