public import OCISpec

/// How to run another program in a container.
public struct ExecOptions: Sendable {
    /// The program; `nil` takes the container's own process over and changes what is set below.
    public var process: Process?
    /// Changes to the container's own process, for a caller without a process of its own.
    public var changes: (@Sendable (inout Process) throws -> Void)?
    /// Where to write the program's process id.
    public var pidFile: String?
    /// The Unix socket that gets the terminal's master.
    public var consoleSocket: String?
    /// The Unix socket that gets a descriptor of the program's process (pidfd).
    public var pidfdSocket: String?
    /// Whether to return once the program runs.
    public var detach: Bool
    /// Whether a paused container is no error.
    public var ignoresPaused: Bool
    /// The cgroup below the container's own to run in, by controller (`cpu`); that of the empty name is for all.
    public var cgroups: [String: String]
    /// Descriptors after the standard three that the program inherits.
    public var preservedDescriptors: Int32

    /// Memberwise.
    public init(
        process: Process? = nil,
        changes: (@Sendable (inout Process) throws -> Void)? = nil,
        pidFile: String? = nil,
        consoleSocket: String? = nil,
        pidfdSocket: String? = nil,
        detach: Bool = false,
        ignoresPaused: Bool = false,
        cgroups: [String: String] = [:],
        preservedDescriptors: Int32 = 0
    ) {
        self.process = process
        self.changes = changes
        self.pidFile = pidFile
        self.consoleSocket = consoleSocket
        self.pidfdSocket = pidfdSocket
        self.detach = detach
        self.ignoresPaused = ignoresPaused
        self.cgroups = cgroups
        self.preservedDescriptors = preservedDescriptors
    }
}
