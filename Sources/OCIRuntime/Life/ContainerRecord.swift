internal import Cgroups
internal import OCISpec

/// What is kept of a container in `<root>/<id>/state.json`.
struct ContainerRecord: Codable, Equatable {
    /// The layout of this file.
    var version = 1
    var ociVersion: String
    var id: String
    /// The bundle's absolute path.
    var bundle: String
    /// The root file system's absolute path.
    var rootfs: String
    var annotations: [String: String]?
    /// When it was made, RFC 3339.
    var created: String
    /// The user who made it.
    var owner: UInt32
    /// The first process; 0 until there is one.
    var pid: Int32 = 0
    /// The first process's start time from `/proc/<pid>/stat`, which tells it from a later one with its number.
    var startTime: UInt64 = 0
    /// The cgroup directories, recorded before they are made.
    var cgroups: [ContainerCgroup.Location]
    /// The types of the namespaces that are the container's own or joined by path.
    var namespaces: [String]
    /// The process of the configuration: what `exec` takes over where it is told nothing else.
    var process: Process?
    /// Whether exec has a system call filter to install (`seccomp.bpf`, flags here).
    var seccompFlags: UInt32?
    var personality: Personality?
    var memoryPolicy: MemoryPolicy?
    /// Who gets the notifications of the system call filter.
    var seccompListener: SeccompListener?
    /// The group of cache and memory bandwidth shares.
    var resourceControl: ResourceControlGroup?
    var poststart: [Hook]
    var poststop: [Hook]

    /// What `state` prints and hooks read.
    func state(_ status: ContainerStatus, pid: Int32) -> State {
        State(
            ociVersion: ociVersion, id: id, status: status.rawValue, pid: Int(pid), bundle: bundle,
            annotations: annotations)
    }

    var cgroup: ContainerCgroup { ContainerCgroup(locations: cgroups) }
}
