/// What a specification depends on of the host, read once.
package struct HostFacts: Sendable, Equatable {
    package enum CgroupMode: Sendable {
        /// Controllers in hierarchies of their own, with or without a cgroup2 next to them.
        case v1
        /// All controllers in cgroup2.
        case v2
    }

    package var cgroupMode: CgroupMode
    package var kernel: KernelVersion
    package var onlineCPUs: [Int]
    package var memoryNodes: [Int]
    /// The capabilities that can be given, in the kernel's order: those that this process has.
    package var capabilities: [String]
    package var seccomp: Bool
    package var apparmor: Bool
    /// Controllers and features that limits need; a limit without its feature is dropped with a warning.
    package var features: Set<Feature>
    /// Sysctls of the network namespace that exist here, of those that are set by default.
    package var networkSysctls: Set<String>
    /// `thermal_throttle` directories of the processors, hidden from containers.
    package var thermalPaths: [String]
    package var hostMemory: UInt64

    package enum Feature: Sendable, CaseIterable {
        case memory, swap, memoryReservation, memorySwappiness, oomKillDisable
        case pids, cpuShares, cpuQuota, cpuRealtime, cpuset
        case blockWeight, blockWeightDevice, blockThrottle
        case cgroupNamespaces
    }

    package init(
        cgroupMode: CgroupMode, kernel: KernelVersion, onlineCPUs: [Int], memoryNodes: [Int] = [0],
        capabilities: [String], seccomp: Bool = true, apparmor: Bool = false,
        features: Set<Feature> = Set(Feature.allCases), networkSysctls: Set<String> = [],
        thermalPaths: [String] = [], hostMemory: UInt64 = 0
    ) {
        self.cgroupMode = cgroupMode
        self.kernel = kernel
        self.onlineCPUs = onlineCPUs
        self.memoryNodes = memoryNodes
        self.capabilities = capabilities
        self.seccomp = seccomp
        self.apparmor = apparmor
        self.features = features
        self.networkSysctls = networkSysctls
        self.thermalPaths = thermalPaths
        self.hostMemory = hostMemory
    }
}

extension HostFacts {
    /// Reads the facts of the host that this process runs on.
    package static func detect() -> HostFacts {
        let online = IndexList.parse(HostFile.text("/sys/devices/system/cpu/online") ?? "") ?? [0]
        let possible = IndexList.parse(HostFile.text("/sys/devices/system/cpu/possible") ?? "") ?? online
        let v2 = HostFile.exists("/sys/fs/cgroup/cgroup.controllers")
        let sysctls = ["net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start"]
        return HostFacts(
            cgroupMode: v2 ? .v2 : .v1,
            kernel: KernelVersion(release: HostFile.text("/proc/sys/kernel/osrelease") ?? "") ?? KernelVersion(0, 0),
            onlineCPUs: online,
            memoryNodes: IndexList.parse(HostFile.text("/sys/devices/system/node/online") ?? "") ?? [0],
            capabilities: CapabilityNames.effective(),
            seccomp: HostFile.exists("/proc/sys/kernel/seccomp/actions_avail"),
            apparmor: HostFile.text("/sys/module/apparmor/parameters/enabled")?.hasPrefix("Y") == true,
            features: v2 ? v2Features() : v1Features(),
            networkSysctls: Set(sysctls.filter { HostFile.exists("/proc/sys/" + SysctlName.path($0)) }),
            thermalPaths: possible.map { "/sys/devices/system/cpu/cpu\($0)/thermal_throttle" }.filter(HostFile.exists),
            hostMemory: memory())
    }

    private static func memory() -> UInt64 {
        let lines = (HostFile.text("/proc/meminfo") ?? "").split(separator: "\n")
        let words = lines.first { $0.hasPrefix("MemTotal:") }?.split(separator: " ") ?? []
        return words.count >= 2 ? (UInt64(words[1]) ?? 0) * 1024 : 0
    }

    private static func v1Features() -> Set<Feature> {
        var features: Set<Feature> = []
        // A v1 controller's files exist in the groups below the hierarchy's root, and most also in the root itself.
        let files: [(Feature, String)] = [
            (.memory, "memory/memory.limit_in_bytes"), (.swap, "memory/memory.memsw.limit_in_bytes"),
            (.memoryReservation, "memory/memory.soft_limit_in_bytes"), (.memorySwappiness, "memory/memory.swappiness"),
            (.oomKillDisable, "memory/memory.oom_control"), (.pids, "pids"), (.cpuShares, "cpu/cpu.shares"),
            (.cpuQuota, "cpu/cpu.cfs_quota_us"), (.cpuRealtime, "cpu/cpu.rt_period_us"),
            (.cpuset, "cpuset/cpuset.cpus"),
            (.blockWeight, "blkio/blkio.weight"), (.blockWeightDevice, "blkio/blkio.weight_device"),
            (.blockThrottle, "blkio/blkio.throttle.read_bps_device"),
        ]
        for (feature, file) in files where HostFile.exists("/sys/fs/cgroup/" + file) { features.insert(feature) }
        if HostFile.exists("/proc/self/ns/cgroup") { features.insert(.cgroupNamespaces) }
        return features
    }

    private static func v2Features() -> Set<Feature> {
        var features: Set<Feature> = [.cgroupNamespaces]
        let controllers = (HostFile.text("/sys/fs/cgroup/cgroup.controllers") ?? "")
            .split(whereSeparator: \.isWhitespace)
        for controller in controllers {
            switch controller {
            case "memory": features.formUnion([.memory, .swap, .memoryReservation])
            case "pids": features.insert(.pids)
            case "cpu": features.formUnion([.cpuShares, .cpuQuota])
            case "cpuset": features.insert(.cpuset)
            case "io": features.formUnion([.blockWeight, .blockWeightDevice, .blockThrottle])
            default: break
            }
        }
        return features
    }
}
