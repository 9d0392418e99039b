import CLinux
package import EngineAPI
import Glibc
import LinuxSystem
package import OCISpec

extension SpecBuilder {
    /// The limits of a container; also what `docker update` hands to the runtime.
    package func resources(_ hostConfig: HostConfig) throws(SpecError) -> OCISpec.Resources {
        var resources = OCISpec.Resources()
        resources.devices = try deviceRules(hostConfig)
        resources.memory = memory(hostConfig)
        resources.cpu = cpu(hostConfig)
        if let limit = hostConfig.pidsLimit {
            resources.pids = OCISpec.Pids(limit: limit <= 0 ? -1 : limit)
        }
        resources.blockIO = try blockIO(hostConfig)
        return resources
    }

    private func memory(_ hostConfig: HostConfig) -> OCISpec.Memory {
        var memory = OCISpec.Memory()
        if hostConfig.memory > 0 { memory.limit = hostConfig.memory }
        if hostConfig.memoryReservation > 0 { memory.reservation = hostConfig.memoryReservation }
        if hostConfig.memorySwap > 0 { memory.swap = hostConfig.memorySwap }
        if let swappiness = hostConfig.memorySwappiness, swappiness >= 0 { memory.swappiness = UInt64(swappiness) }
        memory.disableOOMKiller = hostConfig.oomKillDisable
        return memory
    }

    private func cpu(_ hostConfig: HostConfig) -> OCISpec.CPU? {
        var cpu = OCISpec.CPU()
        if hostConfig.cpuShares > 0 { cpu.shares = UInt64(hostConfig.cpuShares) }
        if hostConfig.nanoCPUs > 0 {
            let period: Int64 = 100_000
            cpu.period = UInt64(period)
            let (product, overflow) = hostConfig.nanoCPUs.multipliedReportingOverflow(by: period)
            cpu.quota = overflow ? nil : product / 1_000_000_000
        }
        if hostConfig.cpuPeriod > 0 { cpu.period = UInt64(hostConfig.cpuPeriod) }
        if hostConfig.cpuQuota != 0 { cpu.quota = hostConfig.cpuQuota }
        if hostConfig.cpuRealtimePeriod > 0 { cpu.realtimePeriod = UInt64(hostConfig.cpuRealtimePeriod) }
        if hostConfig.cpuRealtimeRuntime != 0 { cpu.realtimeRuntime = hostConfig.cpuRealtimeRuntime }
        if !hostConfig.cpusetCPUs.isEmpty { cpu.cpus = hostConfig.cpusetCPUs }
        if !hostConfig.cpusetMems.isEmpty { cpu.mems = hostConfig.cpusetMems }
        return cpu == OCISpec.CPU() ? nil : cpu
    }

    private func blockIO(_ hostConfig: HostConfig) throws(SpecError) -> OCISpec.BlockIO {
        var block = OCISpec.BlockIO()
        if hostConfig.blkioWeight > 0 { block.weight = hostConfig.blkioWeight }
        for device in hostConfig.blkioWeightDevice ?? [] {
            let number = try deviceNumber(device.path)
            block.weightDevice.append(
                OCISpec.WeightDevice(major: number.major, minor: number.minor, weight: device.weight))
        }
        block.throttleReadBpsDevice = try throttles(hostConfig.blkioDeviceReadBps)
        block.throttleWriteBpsDevice = try throttles(hostConfig.blkioDeviceWriteBps)
        block.throttleReadIOPSDevice = try throttles(hostConfig.blkioDeviceReadIOps)
        block.throttleWriteIOPSDevice = try throttles(hostConfig.blkioDeviceWriteIOps)
        return block
    }

    private func throttles(_ devices: [EngineAPI.ThrottleDevice]?) throws(SpecError) -> [OCISpec.ThrottleDevice] {
        var throttles: [OCISpec.ThrottleDevice] = []
        for device in devices ?? [] {
            let number = try deviceNumber(device.path)
            throttles.append(OCISpec.ThrottleDevice(major: number.major, minor: number.minor, rate: device.rate))
        }
        return throttles
    }

    private func deviceNumber(_ path: String) throws(SpecError) -> (major: Int64, minor: Int64) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw .system(SystemError(operation: "stat", path: path, errno: errno))
        }
        return (Int64(linux_major(status.st_rdev)), Int64(linux_minor(status.st_rdev)))
    }
}
