/// What CRIU is told about a dump or a restore (criu(8)).
package struct CRIUOptions: Equatable, Sendable {
    /// How cgroups are dumped and restored.
    package enum CgroupMode: String, Sendable {
        case ignore, soft, full, strict
    }

    /// A socket's address.
    package struct PageServer: Equatable, Sendable {
        package var address: String
        package var port: Int32

        package init(address: String, port: Int32) {
            self.address = address
            self.port = port
        }
    }

    /// A pair of texts.
    package struct Entry: Equatable, Sendable {
        package var key: String
        package var value: String

        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    /// A descriptor of CRIU's process that stands in for one that led out of the dumped tree.
    package struct Inherited: Equatable, Sendable {
        package var key: String
        package var descriptor: Int32

        package init(_ key: String, _ descriptor: Int32) {
            self.key = key
            self.descriptor = descriptor
        }
    }

    /// A descriptor of the directory of images, in the process that made the socket.
    package var images: Int32
    /// As `images`, where the log goes; the images' by default.
    package var workDirectory: Int32?
    /// A name below the work directory.
    package var logFile: String
    /// The root of the dumped tree of processes.
    package var pid: Int32?
    package var root: String?
    package var leavesRunning = false
    package var externalUnixSockets = false
    package var tcpEstablished = false
    package var tcpSkipsInFlight = false
    package var evasiveDevices = false
    package var shellJob = false
    package var fileLocks = false
    package var linkRemap = false
    package var pageServer: PageServer?
    /// The images of the dump before, relative to these; then memory is tracked.
    package var parentImages: String?
    package var autoDedup = false
    package var cgroupMode: CgroupMode?
    /// By controller, what takes the place of the dumped tree's cgroup.
    package var cgroupRoots: [Entry] = []
    /// Whether the restored tree's root becomes a child of CRIU's parent.
    package var asSibling = false
    package var inherited: [Inherited] = []
    /// `mnt[key]:value`, `net[inode]:key` …
    package var external: [String] = []
    /// CLONE_NEW… flags.
    package var emptyNamespaces: UInt32 = 0
    /// By kind, the file of a namespace that the restored tree joins.
    package var joinedNamespaces: [Entry] = []
    /// The cgroup by which the tree is frozen.
    package var freezer: String?
    package var lazyPages = false
    package var configurationFile: String?
    package var securityProfile: String?
    package var mountContext: String?

    package init(images: Int32, logFile: String) {
        self.images = images
        self.logFile = logFile
    }
}
