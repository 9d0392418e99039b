import EngineAPI

extension HostConfigRules {
    func checkMemory(_ hostConfig: inout HostConfig, _ warnings: inout [String]) throws(SpecError) {
        if hostConfig.memorySwappiness == -1 { hostConfig.memorySwappiness = nil }
        if hostConfig.memory != 0 && hostConfig.memory < Self.leastMemory {
            throw .invalid("Minimum memory limit allowed is 6MB")
        }
        if hostConfig.memory > 0 && !facts.features.contains(.memory) {
            warnings.append(Self.discarded("memory limit capabilities", "Limitation discarded."))
            hostConfig.memory = 0
            hostConfig.memorySwap = -1
        }
        if hostConfig.memory > 0 && hostConfig.memorySwap != -1 && !facts.features.contains(.swap) {
            warnings.append(Self.discarded("swap limit capabilities", "Memory limited without swap."))
            hostConfig.memorySwap = -1
        }
        if hostConfig.memory > 0 && hostConfig.memorySwap > 0 && hostConfig.memorySwap < hostConfig.memory {
            throw .invalid("Minimum memoryswap limit should be larger than memory limit, see usage")
        }
        if hostConfig.memory == 0 && hostConfig.memorySwap > 0 {
            throw .invalid("You should always set the Memory limit when using Memoryswap limit, see usage")
        }
        if hostConfig.memorySwappiness != nil && !facts.features.contains(.memorySwappiness) {
            warnings.append(Self.discarded("memory swappiness capabilities", "Memory swappiness discarded."))
            hostConfig.memorySwappiness = nil
        }
        if let swappiness = hostConfig.memorySwappiness, !(0...100).contains(swappiness) {
            throw .invalid("Invalid value: \(swappiness), valid memory swappiness range is 0-100")
        }
        if hostConfig.memoryReservation > 0 && !facts.features.contains(.memoryReservation) {
            warnings.append(Self.discarded("memory soft limit capabilities", "Limitation discarded."))
            hostConfig.memoryReservation = 0
        }
        if hostConfig.memoryReservation > 0 && hostConfig.memoryReservation < Self.leastMemory {
            throw .invalid("Minimum memory reservation allowed is 6MB")
        }
        if hostConfig.memory > 0 && hostConfig.memoryReservation > hostConfig.memory {
            throw .invalid("Minimum memory limit can not be less than memory reservation limit, see usage")
        }
    }

    func checkProcesses(_ hostConfig: inout HostConfig, _ warnings: inout [String]) throws(SpecError) {
        if hostConfig.oomKillDisable != nil && !facts.features.contains(.oomKillDisable) {
            if hostConfig.oomKillDisable == true {
                warnings.append("Your kernel does not support OomKillDisable. OomKillDisable discarded.")
            }
            hostConfig.oomKillDisable = nil
        }
        if hostConfig.oomKillDisable == true && hostConfig.memory == 0 {
            warnings.append(
                "OOM killer is disabled for the container, but no memory limit is set, "
                    + "this can result in the system running out of resources.")
        }
        if let limit = hostConfig.pidsLimit, !facts.features.contains(.pids) {
            if limit > 0 { warnings.append(Self.discarded("PIDs limit capabilities", "PIDs limit discarded.")) }
            hostConfig.pidsLimit = nil
        }
    }

    func checkCPU(_ hostConfig: inout HostConfig, _ warnings: inout [String]) throws(SpecError) {
        let features = facts.features
        let count = facts.onlineCPUs.count
        if hostConfig.cpuShares < 0 {
            throw .invalid("invalid CPU shares (\(hostConfig.cpuShares)): value must be a positive integer")
        }
        if hostConfig.nanoCPUs > 0 && hostConfig.cpuPeriod > 0 {
            throw .invalid("Conflicting options: Nano CPUs and CPU Period cannot both be set")
        }
        if hostConfig.nanoCPUs > 0 && hostConfig.cpuQuota > 0 {
            throw .invalid("Conflicting options: Nano CPUs and CPU Quota cannot both be set")
        }
        if hostConfig.nanoCPUs > 0 && !features.contains(.cpuQuota) {
            throw .invalid(
                "NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or the cgroup is not mounted"
            )
        }
        if hostConfig.nanoCPUs < 0 || hostConfig.nanoCPUs > Int64(count) * 1_000_000_000 {
            throw .invalid(
                "range of CPUs is from 0.01 to \(count).00, as there are only \(count) CPUs available")
        }
        if hostConfig.cpuShares > 0 && !features.contains(.cpuShares) {
            warnings.append(Self.discarded("CPU shares", "Shares discarded."))
            hostConfig.cpuShares = 0
        }
        if (hostConfig.cpuPeriod != 0 || hostConfig.cpuQuota != 0) && !features.contains(.cpuQuota) {
            warnings.append("Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.")
            hostConfig.cpuPeriod = 0
            hostConfig.cpuQuota = 0
        }
        if hostConfig.cpuPeriod != 0 && !(1000...1_000_000).contains(hostConfig.cpuPeriod) {
            throw .invalid("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)")
        }
        if hostConfig.cpuQuota > 0 && hostConfig.cpuQuota < 1000 {
            throw .invalid("CPU cfs quota can not be less than 1ms (i.e. 1000)")
        }
        if hostConfig.cpuPercent > 0 {
            warnings.append("linux does not support CPU percent. Percent discarded.")
            hostConfig.cpuPercent = 0
        }
        if (hostConfig.cpuRealtimePeriod != 0 || hostConfig.cpuRealtimeRuntime != 0) && !features.contains(.cpuRealtime)
        {
            throw .invalid("kernel does not support CPU real-time scheduler")
        }
        if hostConfig.cpuRealtimePeriod != 0 && hostConfig.cpuRealtimeRuntime > hostConfig.cpuRealtimePeriod {
            throw .invalid("cpu real-time runtime cannot be higher than cpu real-time period")
        }
        if !(hostConfig.cpusetCPUs.isEmpty && hostConfig.cpusetMems.isEmpty) && !features.contains(.cpuset) {
            warnings.append(Self.discarded("cpuset", "Cpuset discarded."))
            hostConfig.cpusetCPUs = ""
            hostConfig.cpusetMems = ""
        }
        try checkIndices(hostConfig.cpusetCPUs, of: facts.onlineCPUs, "cpus", "CPUs")
        try checkIndices(hostConfig.cpusetMems, of: facts.memoryNodes, "mems", "memory nodes")
    }

    private func checkIndices(
        _ text: String, of available: [Int], _ name: String, _ kind: String
    ) throws(SpecError) {
        if text.isEmpty { return }
        guard let wanted = IndexList.parse(text) else {
            throw .invalid("Invalid value \(text) for cpuset \(name): invalid format: \(text)")
        }
        guard Set(wanted).isSubset(of: available) else {
            throw .invalid(
                "Requested \(kind) are not available - requested \(text), available: \(IndexList.text(available))")
        }
    }

    func checkBlockIO(_ hostConfig: inout HostConfig, _ warnings: inout [String]) throws(SpecError) {
        if hostConfig.blkioWeight > 0 && !facts.features.contains(.blockWeight) {
            warnings.append(Self.discarded("Block I/O weight", "Weight discarded."))
            hostConfig.blkioWeight = 0
        }
        if hostConfig.blkioWeight > 0 && !(10...1000).contains(hostConfig.blkioWeight) {
            throw .invalid("Range of blkio weight is from 10 to 1000")
        }
        if hostConfig.blkioWeightDevice?.isEmpty == false && !facts.features.contains(.blockWeightDevice) {
            warnings.append(Self.discarded("Block I/O weight_device", "Weight-device discarded."))
            hostConfig.blkioWeightDevice = []
        }
        guard !facts.features.contains(.blockThrottle) else { return }
        if hostConfig.blkioDeviceReadBps?.isEmpty == false {
            warnings.append(Self.discarded("BPS Block I/O read limit", "Block I/O BPS read limit discarded."))
        }
        if hostConfig.blkioDeviceWriteBps?.isEmpty == false {
            warnings.append(Self.discarded("BPS Block I/O write limit", "Block I/O BPS write limit discarded."))
        }
        if hostConfig.blkioDeviceReadIOps?.isEmpty == false {
            warnings.append(Self.discarded("IOPS Block read limit", "Block I/O IOPS read limit discarded."))
        }
        if hostConfig.blkioDeviceWriteIOps?.isEmpty == false {
            warnings.append(Self.discarded("IOPS Block write limit", "Block I/O IOPS write limit discarded."))
        }
        hostConfig.blkioDeviceReadBps = []
        hostConfig.blkioDeviceWriteBps = []
        hostConfig.blkioDeviceReadIOps = []
        hostConfig.blkioDeviceWriteIOps = []
    }

    private static func discarded(_ feature: String, _ consequence: String) -> String {
        "Your kernel does not support \(feature) or the cgroup is not mounted. \(consequence)"
    }
}
