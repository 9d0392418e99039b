/// Where a supervisor keeps its state and which programs it runs.
public struct SupervisorConfiguration: Sendable {
    /// The Unix socket to serve on; shims deliver their events there too.
    public var address = "/run/skiff/supervisor.sock"
    /// What outlives a boot: the records of containers and namespaces.
    public var root = "/var/lib/skiff/supervisor"
    /// Bundles, records and retained events: a file system that a boot empties.
    public var state = "/run/skiff/supervisor"
    /// The shim for requests that name none.
    public var shim = "skiff-shim"
    /// The OCI runtime for requests that name none.
    public var runtime = "skiff-runtime"
    /// The runtimes' state directory; each namespace has its own below it.
    public var runtimeRoot = "/run/skiff/runtime"
    /// A file for the supervisor's process id.
    public var pidFile: String?
    /// The least severe level that is logged: debug, info, warn or error.
    public var logLevel = "info"

    /// The defaults.
    public init() {}
}
