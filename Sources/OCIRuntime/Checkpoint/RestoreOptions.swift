/// How to bring a container's saved processes back.
public struct RestoreOptions: Sendable {
    /// CRIU's program: a path, or a name to look for in `PATH`.
    public var criu: String
    /// The directory of the images.
    public var imagePath: String
    /// The directory of CRIU's log and other files; the images' where there is none.
    public var workPath: String?
    /// The bundle, where the first process's id is written, and where the terminal's master goes.
    public var creation: CreationOptions
    /// Whether TCP connections are brought back.
    public var tcpEstablished = false
    /// Whether Unix sockets may lead out of the container.
    public var externalUnixSockets = false
    /// Whether a session or terminal may be led by a process outside.
    public var shellJob = false
    /// Whether file locks are brought back.
    public var fileLocks = false
    /// How cgroups are brought back; CRIU's default where there is none.
    public var cgroupMode: CheckpointOptions.CgroupMode?
    /// Whether pages are dropped from the images as they are read.
    public var autoDedup = false
    /// Whether memory is fetched at its first use, from a `criu lazy-pages` with the same work directory.
    public var lazyPages = false
    /// The security profile to enter instead of the saved one, as `apparmor:NAME`.
    public var securityProfile: String?
    /// The SELinux context of mounts, instead of the saved one.
    public var mountContext: String?

    /// The rest is off.
    public init(criu: String = "criu", imagePath: String, creation: CreationOptions) {
        self.criu = criu
        self.imagePath = imagePath
        self.creation = creation
    }
}
