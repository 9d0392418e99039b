/// What only Linux containers have (config-linux.md).
public struct Linux: Codable, Equatable, Sendable {
    /// User ids of a new user namespace.
    public var uidMappings: [IDMapping]
    /// Group ids of a new user namespace.
    public var gidMappings: [IDMapping]
    /// Kernel parameters by dotted name.
    public var sysctl: [String: String]?
    /// Limits by cgroup controller.
    public var resources: Resources?
    /// The cgroup's path; absolute means from the hierarchy's mount point.
    public var cgroupsPath: String?
    /// Namespaces to make or join.
    public var namespaces: [Namespace]
    /// Device nodes beyond the default ones.
    public var devices: [Device]
    /// Network devices to move into the container.
    public var netDevices: [String: NetDevice]?
    /// The system call filter.
    public var seccomp: Seccomp?
    /// Mount propagation of the root: private, shared, slave or unbindable.
    public var rootfsPropagation: String?
    /// Paths hidden from the container.
    public var maskedPaths: [String]
    /// Paths it cannot write.
    public var readonlyPaths: [String]
    /// The SELinux label of its mounts.
    public var mountLabel: String?
    /// Intel Resource Director Technology.
    public var intelRdt: IntelRdt?
    /// The NUMA memory policy.
    public var memoryPolicy: MemoryPolicy?
    /// The execution domain.
    public var personality: Personality?
    /// Clock offsets (`boottime`, `monotonic`) of a new time namespace.
    public var timeOffsets: [String: TimeOffset]?

    /// Memberwise.
    public init(
        uidMappings: [IDMapping] = [],
        gidMappings: [IDMapping] = [],
        sysctl: [String: String]? = nil,
        resources: Resources? = nil,
        cgroupsPath: String? = nil,
        namespaces: [Namespace] = [],
        devices: [Device] = [],
        netDevices: [String: NetDevice]? = nil,
        seccomp: Seccomp? = nil,
        rootfsPropagation: String? = nil,
        maskedPaths: [String] = [],
        readonlyPaths: [String] = [],
        mountLabel: String? = nil,
        intelRdt: IntelRdt? = nil,
        memoryPolicy: MemoryPolicy? = nil,
        personality: Personality? = nil,
        timeOffsets: [String: TimeOffset]? = nil
    ) {
        self.uidMappings = uidMappings
        self.gidMappings = gidMappings
        self.sysctl = sysctl
        self.resources = resources
        self.cgroupsPath = cgroupsPath
        self.namespaces = namespaces
        self.devices = devices
        self.netDevices = netDevices
        self.seccomp = seccomp
        self.rootfsPropagation = rootfsPropagation
        self.maskedPaths = maskedPaths
        self.readonlyPaths = readonlyPaths
        self.mountLabel = mountLabel
        self.intelRdt = intelRdt
        self.memoryPolicy = memoryPolicy
        self.personality = personality
        self.timeOffsets = timeOffsets
    }
}
