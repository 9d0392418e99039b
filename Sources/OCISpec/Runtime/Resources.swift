/// Limits by cgroup controller.
public struct Resources: Codable, Equatable, Sendable {
    /// Device access rules, later ones first.
    public var devices: [DeviceCgroup]
    /// Memory.
    public var memory: Memory?
    /// CPU time.
    public var cpu: CPU?
    /// Number of tasks.
    public var pids: Pids?
    /// Block devices.
    public var blockIO: BlockIO?
    /// Huge pages by size.
    public var hugepageLimits: [HugepageLimit]
    /// Network class and priorities (v1).
    public var network: Network?
    /// RDMA limits by device.
    public var rdma: [String: Rdma]?
    /// cgroup v2 files by name.
    public var unified: [String: String]?

    /// Memberwise.
    public init(
        devices: [DeviceCgroup] = [],
        memory: Memory? = nil,
        cpu: CPU? = nil,
        pids: Pids? = nil,
        blockIO: BlockIO? = nil,
        hugepageLimits: [HugepageLimit] = [],
        network: Network? = nil,
        rdma: [String: Rdma]? = nil,
        unified: [String: String]? = nil
    ) {
        self.devices = devices
        self.memory = memory
        self.cpu = cpu
        self.pids = pids
        self.blockIO = blockIO
        self.hugepageLimits = hugepageLimits
        self.network = network
        self.rdma = rdma
        self.unified = unified
    }
}

/// Memory limits in bytes; -1 is unlimited.
public struct Memory: Codable, Equatable, Sendable {
    /// The limit.
    public var limit: Int64?
    /// The soft limit.
    public var reservation: Int64?
    /// Memory and swap together.
    public var swap: Int64?
    /// Kernel memory (ignored since Linux 5.11).
    public var kernel: Int64?
    /// Kernel TCP memory.
    public var kernelTCP: Int64?
    /// 0 to 100.
    public var swappiness: UInt64?
    /// Pause instead of killing.
    public var disableOOMKiller: Bool?
    /// Account children (v1).
    public var useHierarchy: Bool?
    /// Refuse a limit below the present usage.
    public var checkBeforeUpdate: Bool?

    /// Memberwise.
    public init(
        limit: Int64? = nil,
        reservation: Int64? = nil,
        swap: Int64? = nil,
        kernel: Int64? = nil,
        kernelTCP: Int64? = nil,
        swappiness: UInt64? = nil,
        disableOOMKiller: Bool? = nil,
        useHierarchy: Bool? = nil,
        checkBeforeUpdate: Bool? = nil
    ) {
        self.limit = limit
        self.reservation = reservation
        self.swap = swap
        self.kernel = kernel
        self.kernelTCP = kernelTCP
        self.swappiness = swappiness
        self.disableOOMKiller = disableOOMKiller
        self.useHierarchy = useHierarchy
        self.checkBeforeUpdate = checkBeforeUpdate
    }
}

/// CPU limits.
public struct CPU: Codable, Equatable, Sendable {
    /// Relative weight, 2 to 262144.
    public var shares: UInt64?
    /// Microseconds in a period.
    public var quota: Int64?
    /// Microseconds that may be saved up.
    public var burst: UInt64?
    /// Microseconds.
    public var period: UInt64?
    /// Real-time microseconds in a real-time period.
    public var realtimeRuntime: Int64?
    /// Microseconds.
    public var realtimePeriod: UInt64?
    /// CPU list.
    public var cpus: String?
    /// Memory node list.
    public var mems: String?
    /// 1: SCHED_IDLE for the group.
    public var idle: Int64?

    /// Memberwise.
    public init(
        shares: UInt64? = nil,
        quota: Int64? = nil,
        burst: UInt64? = nil,
        period: UInt64? = nil,
        realtimeRuntime: Int64? = nil,
        realtimePeriod: UInt64? = nil,
        cpus: String? = nil,
        mems: String? = nil,
        idle: Int64? = nil
    ) {
        self.shares = shares
        self.quota = quota
        self.burst = burst
        self.period = period
        self.realtimeRuntime = realtimeRuntime
        self.realtimePeriod = realtimePeriod
        self.cpus = cpus
        self.mems = mems
        self.idle = idle
    }
}

/// The number of tasks.
public struct Pids: Codable, Equatable, Sendable {
    /// The limit; 0 or less is unlimited.
    public var limit: Int64

    /// Memberwise.
    public init(limit: Int64) {
        self.limit = limit
    }
}

/// A limit on huge pages.
public struct HugepageLimit: Codable, Equatable, Sendable {
    /// The size, as `2MB`.
    public var pageSize: String
    /// Bytes.
    public var limit: UInt64

    /// Memberwise.
    public init(pageSize: String, limit: UInt64) {
        self.pageSize = pageSize
        self.limit = limit
    }
}

/// Network class and priorities of cgroup v1.
public struct Network: Codable, Equatable, Sendable {
    /// The class id.
    public var classID: UInt32?
    /// Priorities.
    public var priorities: [InterfacePriority]

    /// Memberwise.
    public init(classID: UInt32? = nil, priorities: [InterfacePriority] = []) {
        self.classID = classID
        self.priorities = priorities
    }
}

/// A network priority.
public struct InterfacePriority: Codable, Equatable, Sendable {
    /// The interface.
    public var name: String
    /// The priority.
    public var priority: UInt32

    /// Memberwise.
    public init(name: String, priority: UInt32) {
        self.name = name
        self.priority = priority
    }
}

/// RDMA limits of a device.
public struct Rdma: Codable, Equatable, Sendable {
    /// Handles.
    public var hcaHandles: UInt32?
    /// Objects.
    public var hcaObjects: UInt32?

    /// Memberwise.
    public init(hcaHandles: UInt32? = nil, hcaObjects: UInt32? = nil) {
        self.hcaHandles = hcaHandles
        self.hcaObjects = hcaObjects
    }
}
