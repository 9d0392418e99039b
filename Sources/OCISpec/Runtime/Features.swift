/// What a runtime can do (features.md).
public struct Features: Codable, Equatable, Sendable {
    /// The lowest version understood.
    public var ociVersionMin: String
    /// The highest version understood.
    public var ociVersionMax: String
    /// Known hooks.
    public var hooks: [String]
    /// Known mount options.
    public var mountOptions: [String]
    /// What only Linux has.
    public var linux: LinuxFeatures?
    /// Free-form facts.
    public var annotations: [String: String]?
    /// Annotations that change the runtime's behaviour.
    public var potentiallyUnsafeConfigAnnotations: [String]

    /// Memberwise.
    public init(
        ociVersionMin: String,
        ociVersionMax: String,
        hooks: [String] = [],
        mountOptions: [String] = [],
        linux: LinuxFeatures? = nil,
        annotations: [String: String]? = nil,
        potentiallyUnsafeConfigAnnotations: [String] = []
    ) {
        self.ociVersionMin = ociVersionMin
        self.ociVersionMax = ociVersionMax
        self.hooks = hooks
        self.mountOptions = mountOptions
        self.linux = linux
        self.annotations = annotations
        self.potentiallyUnsafeConfigAnnotations = potentiallyUnsafeConfigAnnotations
    }
}

/// What a runtime can do on Linux.
public struct LinuxFeatures: Codable, Equatable, Sendable {
    /// Known namespace types.
    public var namespaces: [String]
    /// Known capabilities.
    public var capabilities: [String]
    /// cgroup support.
    public var cgroup: CgroupFeatures?
    /// seccomp support.
    public var seccomp: SeccompFeatures?
    /// AppArmor support.
    public var apparmor: FeatureSwitch?
    /// SELinux support.
    public var selinux: FeatureSwitch?
    /// Intel RDT support.
    public var intelRdt: FeatureSwitch?
    /// Mount extensions.
    public var mountExtensions: MountExtensionFeatures?
    /// Moving network devices.
    public var netDevices: FeatureSwitch?

    /// Memberwise.
    public init(
        namespaces: [String] = [],
        capabilities: [String] = [],
        cgroup: CgroupFeatures? = nil,
        seccomp: SeccompFeatures? = nil,
        apparmor: FeatureSwitch? = nil,
        selinux: FeatureSwitch? = nil,
        intelRdt: FeatureSwitch? = nil,
        mountExtensions: MountExtensionFeatures? = nil,
        netDevices: FeatureSwitch? = nil
    ) {
        self.namespaces = namespaces
        self.capabilities = capabilities
        self.cgroup = cgroup
        self.seccomp = seccomp
        self.apparmor = apparmor
        self.selinux = selinux
        self.intelRdt = intelRdt
        self.mountExtensions = mountExtensions
        self.netDevices = netDevices
    }
}

/// cgroup support.
public struct CgroupFeatures: Codable, Equatable, Sendable {
    /// Version 1.
    public var v1: Bool?
    /// Version 2.
    public var v2: Bool?
    /// The systemd driver.
    public var systemd: Bool?
    /// The systemd user driver.
    public var systemdUser: Bool?
    /// RDMA.
    public var rdma: Bool?

    /// Memberwise.
    public init(v1: Bool? = nil, v2: Bool? = nil, systemd: Bool? = nil, systemdUser: Bool? = nil, rdma: Bool? = nil) {
        self.v1 = v1
        self.v2 = v2
        self.systemd = systemd
        self.systemdUser = systemdUser
        self.rdma = rdma
    }
}

/// seccomp support.
public struct SeccompFeatures: Codable, Equatable, Sendable {
    /// Whether filters work.
    public var enabled: Bool?
    /// Known actions.
    public var actions: [String]
    /// Known comparisons.
    public var operators: [String]
    /// Known architectures.
    public var archs: [String]
    /// Known flags.
    public var knownFlags: [String]
    /// Flags that work on this kernel.
    public var supportedFlags: [String]

    /// Memberwise.
    public init(
        enabled: Bool? = nil,
        actions: [String] = [],
        operators: [String] = [],
        archs: [String] = [],
        knownFlags: [String] = [],
        supportedFlags: [String] = []
    ) {
        self.enabled = enabled
        self.actions = actions
        self.operators = operators
        self.archs = archs
        self.knownFlags = knownFlags
        self.supportedFlags = supportedFlags
    }
}

/// Mount extensions.
public struct MountExtensionFeatures: Codable, Equatable, Sendable {
    /// Id-mapped mounts.
    public var idmap: FeatureSwitch?

    /// Memberwise.
    public init(idmap: FeatureSwitch? = nil) {
        self.idmap = idmap
    }
}

/// A feature that is there or not.
public struct FeatureSwitch: Codable, Equatable, Sendable {
    /// Whether it is.
    public var enabled: Bool?

    /// Memberwise.
    public init(enabled: Bool? = nil) {
        self.enabled = enabled
    }
}
