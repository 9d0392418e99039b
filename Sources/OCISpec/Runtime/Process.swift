/// A program to run in a container.
public struct Process: Codable, Equatable, Sendable {
    /// Whether a pseudo-terminal is attached.
    public var terminal: Bool
    /// The terminal's first size.
    public var consoleSize: ConsoleSize?
    /// Who the program runs as.
    public var user: User
    /// The program and its arguments.
    public var args: [String]
    /// The environment, as `NAME=value`.
    public var env: [String]
    /// The working directory, absolute, in the container.
    public var cwd: String
    /// The capability sets; `nil` keeps none but what the user implies.
    public var capabilities: Capabilities?
    /// Resource limits, at most one of a type.
    public var rlimits: [Rlimit]
    /// Whether execve may gain privileges.
    public var noNewPrivileges: Bool
    /// The AppArmor profile to enter at exec.
    public var apparmorProfile: String?
    /// The value of `/proc/self/oom_score_adj`.
    public var oomScoreAdj: Int?
    /// The SELinux label to enter at exec.
    public var selinuxLabel: String?
    /// The I/O scheduling class and priority.
    public var ioPriority: IOPriority?
    /// The CPU scheduling policy.
    public var scheduler: Scheduler?
    /// CPU affinity of a process that joins the container.
    public var execCPUAffinity: CPUAffinity?

    /// Memberwise.
    public init(
        terminal: Bool = false,
        consoleSize: ConsoleSize? = nil,
        user: User = User(),
        args: [String] = [],
        env: [String] = [],
        cwd: String,
        capabilities: Capabilities? = nil,
        rlimits: [Rlimit] = [],
        noNewPrivileges: Bool = false,
        apparmorProfile: String? = nil,
        oomScoreAdj: Int? = nil,
        selinuxLabel: String? = nil,
        ioPriority: IOPriority? = nil,
        scheduler: Scheduler? = nil,
        execCPUAffinity: CPUAffinity? = nil
    ) {
        self.terminal = terminal
        self.consoleSize = consoleSize
        self.user = user
        self.args = args
        self.env = env
        self.cwd = cwd
        self.capabilities = capabilities
        self.rlimits = rlimits
        self.noNewPrivileges = noNewPrivileges
        self.apparmorProfile = apparmorProfile
        self.oomScoreAdj = oomScoreAdj
        self.selinuxLabel = selinuxLabel
        self.ioPriority = ioPriority
        self.scheduler = scheduler
        self.execCPUAffinity = execCPUAffinity
    }
}

/// A terminal's size in characters.
public struct ConsoleSize: Codable, Equatable, Sendable {
    /// Rows.
    public var height: UInt64
    /// Columns.
    public var width: UInt64

    /// Memberwise.
    public init(height: UInt64, width: UInt64) {
        self.height = height
        self.width = width
    }
}

/// Capability sets by name (`CAP_CHOWN`), see capabilities(7).
public struct Capabilities: Codable, Equatable, Sendable {
    /// The bounding set.
    public var bounding: [String]
    /// The effective set.
    public var effective: [String]
    /// The inheritable set.
    public var inheritable: [String]
    /// The permitted set.
    public var permitted: [String]
    /// The ambient set.
    public var ambient: [String]

    /// Memberwise.
    public init(
        bounding: [String] = [],
        effective: [String] = [],
        inheritable: [String] = [],
        permitted: [String] = [],
        ambient: [String] = []
    ) {
        self.bounding = bounding
        self.effective = effective
        self.inheritable = inheritable
        self.permitted = permitted
        self.ambient = ambient
    }
}

/// A resource limit, see getrlimit(2).
public struct Rlimit: Codable, Equatable, Sendable {
    /// The name, as `RLIMIT_NOFILE`.
    public var type: String
    /// The hard limit.
    public var hard: UInt64
    /// The soft limit.
    public var soft: UInt64

    /// Memberwise.
    public init(type: String, hard: UInt64, soft: UInt64) {
        self.type = type
        self.hard = hard
        self.soft = soft
    }
}
