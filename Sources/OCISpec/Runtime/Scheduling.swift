/// An I/O priority, see ioprio_set(2).
public struct IOPriority: Codable, Equatable, Sendable {
    /// `IOPRIO_CLASS_RT`, `IOPRIO_CLASS_BE` or `IOPRIO_CLASS_IDLE`.
    public var `class`: String
    /// The priority in the class, 0 (first) to 7.
    public var priority: Int32?

    /// Memberwise.
    public init(class: String, priority: Int32? = nil) {
        self.class = `class`
        self.priority = priority
    }
}

/// A CPU scheduling policy, see sched_setattr(2).
public struct Scheduler: Codable, Equatable, Sendable {
    /// The policy, as `SCHED_BATCH`.
    public var policy: String
    /// The nice value.
    public var nice: Int32?
    /// The static priority of real-time policies.
    public var priority: Int32?
    /// Flags, as `SCHED_FLAG_RESET_ON_FORK`.
    public var flags: [String]
    /// Deadline policy: nanoseconds of run time.
    public var runtime: UInt64?
    /// Deadline policy: nanoseconds to the deadline.
    public var deadline: UInt64?
    /// Deadline policy: nanoseconds of a period.
    public var period: UInt64?

    /// Memberwise.
    public init(
        policy: String,
        nice: Int32? = nil,
        priority: Int32? = nil,
        flags: [String] = [],
        runtime: UInt64? = nil,
        deadline: UInt64? = nil,
        period: UInt64? = nil
    ) {
        self.policy = policy
        self.nice = nice
        self.priority = priority
        self.flags = flags
        self.runtime = runtime
        self.deadline = deadline
        self.period = period
    }
}

/// CPU lists for a process that joins a container.
public struct CPUAffinity: Codable, Equatable, Sendable {
    /// CPUs before it enters the container's cgroup.
    public var initial: String?
    /// CPUs afterwards.
    public var final: String?

    /// Memberwise.
    public init(initial: String? = nil, final: String? = nil) {
        self.initial = initial
        self.final = final
    }
}
