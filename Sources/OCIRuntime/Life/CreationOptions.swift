import CLinux

/// How to make a container.
public struct CreationOptions: Sendable {
    /// The bundle's directory, which holds `config.json`.
    public var bundle: String
    /// Where to write the first process's id.
    public var pidFile: String?
    /// The Unix socket that gets the terminal's master.
    public var consoleSocket: String?
    /// The Unix socket that gets a descriptor of the first process (pidfd).
    public var pidfdSocket: String?
    /// The socket of a service manager that is told when the container is ready, see sd_notify(3). The container gets
    /// a socket of its own in its place; what it says of readiness is passed on by `start` or `run`.
    public var notifySocket: String?
    /// Whether the container gets a session keyring of its own.
    public var newSessionKeyring: Bool
    /// Whether the root is changed by pivot_root(2), not by moving it (for hosts that run from an initramfs).
    public var usesPivot: Bool
    /// Sockets of a service manager, descriptors 3 and following, that the program inherits and is told of by
    /// `LISTEN_FDS`, see sd_listen_fds(3).
    public var listenDescriptors: Int32
    /// Descriptors after the standard three and `listenDescriptors` that the program inherits.
    public var preservedDescriptors: Int32
    /// Whether systemd makes the cgroups; the bundle's `cgroupsPath` is then `slice:prefix:name`.
    public var usesSystemd: Bool
    /// Whether `run` in the foreground reaps processes of the container whose parents ended before them.
    public var reapsOrphans: Bool

    /// Whether the process is the runtime's program, which lets go of its code's pages after each step: what has read
    /// the configuration is not what makes the container, and together they would be the peak of its memory.
    var forgetsCode = false

    /// To be called between two steps that have little in common.
    func finishStep() { if forgetsCode { linux_forget_code() } }

    /// Memberwise.
    public init(
        bundle: String = ".",
        pidFile: String? = nil,
        consoleSocket: String? = nil,
        pidfdSocket: String? = nil,
        notifySocket: String? = nil,
        newSessionKeyring: Bool = true,
        usesPivot: Bool = true,
        listenDescriptors: Int32 = 0,
        preservedDescriptors: Int32 = 0,
        usesSystemd: Bool = false,
        reapsOrphans: Bool = true
    ) {
        self.bundle = bundle
        self.pidFile = pidFile
        self.consoleSocket = consoleSocket
        self.pidfdSocket = pidfdSocket
        self.notifySocket = notifySocket
        self.newSessionKeyring = newSessionKeyring
        self.usesPivot = usesPivot
        self.listenDescriptors = listenDescriptors
        self.preservedDescriptors = preservedDescriptors
        self.usesSystemd = usesSystemd
        self.reapsOrphans = reapsOrphans
    }
    /// All that the program inherits after the standard three.
    var inheritedDescriptors: Int32 { listenDescriptors + preservedDescriptors }
}
