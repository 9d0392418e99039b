package import EngineAPI

/// All that decides a container's runtime specification.
package struct SpecInput: Sendable {
    package var id: String
    /// With the image's configuration merged in, and the host name that the container gets.
    package var config: ContainerConfig
    /// With the defaults of the daemon filled in, see `HostConfigRules.adapt`.
    package var hostConfig: HostConfig
    /// `root.path`; the shim puts the bundle's own directory there when it mounts the root.
    package var rootPath: String = "rootfs"
    /// An open directory (O_PATH will do) that is the container's root, in which its users are looked up.
    /// It is borrowed for the call. Nil: only numeric users work.
    package var rootDescriptor: Int32?
    package var network: NetworkNamespace = .new
    /// The namespace files of the containers whose namespaces are shared, if any.
    package var pidNamespacePath: String?
    package var ipcNamespacePath: String?
    /// The host's directory to bind at /dev/shm, for the IPC modes host, shareable and container.
    package var sharedMemoryPath: String?
    package var files: NetworkFiles = NetworkFiles()
    package var mounts: [SpecMount] = []
    /// The init program, bound into the container when it asked for one (`--init`).
    package var initPath: String?
    /// Whether the daemon adds an init where a container does not say.
    package var initByDefault = false
    /// The daemon's --cgroup-parent.
    package var cgroupParent = "/skiff"
    /// The daemon's default limits, for those that the container does not set.
    package var defaultUlimits: [Ulimit] = []
    package var noNewPrivilegesByDefault = false
    /// The engine's data directory; binds of directories that hold it get Docker's special propagation.
    package var dataRoot: String?
    /// The daemon's own default profile; nil for Docker's.
    package var seccompProfile: SeccompProfile?

    package enum NetworkNamespace: Sendable, Equatable {
        /// The runtime makes one, with a loopback device only.
        case new
        case joined(path: String)
        case host
    }

    /// The host's files that appear as the container's /etc/hosts, /etc/hostname and /etc/resolv.conf.
    package struct NetworkFiles: Sendable, Equatable {
        package var hosts: String?
        package var hostname: String?
        package var resolvConf: String?

        package init(hosts: String? = nil, hostname: String? = nil, resolvConf: String? = nil) {
            self.hosts = hosts
            self.hostname = hostname
            self.resolvConf = resolvConf
        }
    }

    package init(id: String, config: ContainerConfig, hostConfig: HostConfig) {
        self.id = id
        self.config = config
        self.hostConfig = hostConfig
    }
}
