/// A bundle's `config.json` (runtime-spec, config.md).
public struct Spec: Codable, Equatable, Sendable {
    /// The version of the runtime specification the bundle keeps to.
    public var ociVersion: String
    /// The container's program; required by `start`.
    public var process: Process?
    /// The container's root file system.
    public var root: Root?
    /// The host name seen in the container.
    public var hostname: String?
    /// The NIS domain name seen in the container.
    public var domainname: String?
    /// Mounts beyond the root, made in this order.
    public var mounts: [Mount]
    /// Programs to run at points of the container's life.
    public var hooks: Hooks?
    /// Free-form metadata.
    public var annotations: [String: String]?
    /// What only Linux has.
    public var linux: Linux?

    /// Memberwise.
    public init(
        ociVersion: String = "1.3.0",
        process: Process? = nil,
        root: Root? = nil,
        hostname: String? = nil,
        domainname: String? = nil,
        mounts: [Mount] = [],
        hooks: Hooks? = nil,
        annotations: [String: String]? = nil,
        linux: Linux? = nil
    ) {
        self.ociVersion = ociVersion
        self.process = process
        self.root = root
        self.hostname = hostname
        self.domainname = domainname
        self.mounts = mounts
        self.hooks = hooks
        self.annotations = annotations
        self.linux = linux
    }
}
