/// How to make a container.
public struct CreationOptions: Sendable {
    /// The bundle's directory, which holds `config.json`.
    public var bundle: String
    /// Where to write the first process's id.
    public var pidFile: String?
    /// The Unix socket that gets the terminal's master.
    public var consoleSocket: String?
    /// Whether the container gets a session keyring of its own.
    public var newSessionKeyring: Bool
    /// Whether the root is changed by pivot_root(2), not by moving it (for hosts that run from an initramfs).
    public var usesPivot: Bool
    /// Descriptors after the standard three that the program inherits.
    public var preservedDescriptors: Int32

    /// Memberwise.
    public init(
        bundle: String = ".",
        pidFile: String? = nil,
        consoleSocket: String? = nil,
        newSessionKeyring: Bool = true,
        usesPivot: Bool = true,
        preservedDescriptors: Int32 = 0
    ) {
        self.bundle = bundle
        self.pidFile = pidFile
        self.consoleSocket = consoleSocket
        self.newSessionKeyring = newSessionKeyring
        self.usesPivot = usesPivot
        self.preservedDescriptors = preservedDescriptors
    }
}
