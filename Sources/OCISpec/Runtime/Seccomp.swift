/// A system call filter, see seccomp(2).
public struct Seccomp: Codable, Equatable, Sendable {
    /// The action where no rule matches, as `SCMP_ACT_ERRNO`.
    public var defaultAction: String
    /// The errno of a default action that returns one.
    public var defaultErrnoRet: UInt32?
    /// Further architectures, as `SCMP_ARCH_X86`.
    public var architectures: [String]
    /// Filter flags; absent leaves the choice to the runtime.
    public var flags: [String]?
    /// The Unix socket that gets the notification descriptor.
    public var listenerPath: String?
    /// Passed to the listener.
    public var listenerMetadata: String?
    /// The rules.
    public var syscalls: [Syscall]

    /// Memberwise.
    public init(
        defaultAction: String,
        defaultErrnoRet: UInt32? = nil,
        architectures: [String] = [],
        flags: [String]? = nil,
        listenerPath: String? = nil,
        listenerMetadata: String? = nil,
        syscalls: [Syscall] = []
    ) {
        self.defaultAction = defaultAction
        self.defaultErrnoRet = defaultErrnoRet
        self.architectures = architectures
        self.flags = flags
        self.listenerPath = listenerPath
        self.listenerMetadata = listenerMetadata
        self.syscalls = syscalls
    }
}

/// A rule of a filter: what to do with some system calls.
public struct Syscall: Codable, Equatable, Sendable {
    /// The system calls.
    public var names: [String]
    /// The action.
    public var action: String
    /// The errno of an action that returns one.
    public var errnoRet: UInt32?
    /// Conditions, all of which must hold.
    public var args: [SeccompArg]

    /// Memberwise.
    public init(names: [String] = [], action: String, errnoRet: UInt32? = nil, args: [SeccompArg] = []) {
        self.names = names
        self.action = action
        self.errnoRet = errnoRet
        self.args = args
    }
}

/// A condition on a system call's argument.
public struct SeccompArg: Codable, Equatable, Sendable {
    /// Which argument, from 0.
    public var index: UInt32
    /// The value to compare with.
    public var value: UInt64
    /// The second value of `SCMP_CMP_MASKED_EQ`.
    public var valueTwo: UInt64?
    /// The comparison, as `SCMP_CMP_EQ`.
    public var op: String

    /// Memberwise.
    public init(index: UInt32, value: UInt64, valueTwo: UInt64? = nil, op: String) {
        self.index = index
        self.value = value
        self.valueTwo = valueTwo
        self.op = op
    }
}
