/// How to save a running container's processes.
public struct CheckpointOptions: Sendable {
    /// How cgroups are saved and brought back, see `--manage-cgroups-mode` of criu(8).
    public enum CgroupMode: String, Sendable {
        /// Neither saved nor brought back.
        case ignore
        /// What exists keeps its limits.
        case soft
        /// What exists gets the saved limits.
        case full
        /// Nothing may exist.
        case strict
    }

    /// Where a page server listens.
    public struct PageServer: Sendable, Equatable {
        /// A name or an address.
        public var address: String
        /// The TCP port.
        public var port: Int32

        /// Memberwise.
        public init(address: String, port: Int32) {
            self.address = address
            self.port = port
        }
    }

    /// CRIU's program: a path, or a name to look for in `PATH`.
    public var criu: String
    /// The directory of the images; made where it is missing.
    public var imagePath: String
    /// The directory of CRIU's log and other files; the images' where there is none.
    public var workPath: String?
    /// The images of the dump before, relative to `imagePath`: only what changed since is saved.
    public var parentPath: String?
    /// Whether the container runs on.
    public var leavesRunning = false
    /// Whether open TCP connections are saved.
    public var tcpEstablished = false
    /// Whether connections that are not yet accepted are left out.
    public var tcpSkipsInFlight = false
    /// Whether files that are open but have no name any more may get one.
    public var linkRemap = false
    /// Whether Unix sockets may lead out of the container.
    public var externalUnixSockets = false
    /// Whether a session or terminal may be led by a process outside.
    public var shellJob = false
    /// Whether memory stays here and is served to the restored container page by page.
    public var lazyPages = false
    /// A descriptor that gets a zero byte when pages are served; it is closed then.
    public var statusDescriptor: Int32?
    /// Where memory is sent to, instead of into images; with `lazyPages`, where it is served.
    public var pageServer: PageServer?
    /// Whether file locks are saved.
    public var fileLocks = false
    /// Whether only memory is saved, as a base for a later dump.
    public var isPreDump = false
    /// How cgroups are saved; CRIU's default where there is none.
    public var cgroupMode: CgroupMode?
    /// Whether pages are dropped from the parent's images that are saved anew.
    public var autoDedup = false

    /// The rest is off.
    public init(criu: String = "criu", imagePath: String) {
        self.criu = criu
        self.imagePath = imagePath
    }
}
