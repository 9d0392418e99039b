internal import Cgroups
package import OCISpec

/// What is kept of a container in `<root>/<id>/state.json`. Every member is read and written below.
package struct ContainerRecord: Equatable {
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
    /// The unit that systemd keeps the container in, recorded before it is made as well.
    var systemd: SystemdUnit?
    /// The types of the namespaces that are the container's own or joined by path.
    var namespaces: [String]
    /// The process of the configuration: what `exec` takes over where it is told nothing else.
    var process: Process?
    /// Whether exec has a system call filter to install (`seccomp.bpf`, flags here).
    var seccompFlags: UInt32?
    /// The execution domain that exec takes on as well.
    var personality: Personality?
    var memoryPolicy: MemoryPolicy?
    /// Who gets the notifications of the system call filter.
    var seccompListener: SeccompListener?
    /// The group of cache and memory bandwidth shares.
    var resourceControl: ResourceControlGroup?
    /// The mount of the root file system in the runtime's own mount namespace, where the container has none.
    var hostMount: HostMount?
    /// Hooks to run after `start` and after `delete`.
    var poststart: [Hook]
    var poststop: [Hook]

    /// What `state` prints and hooks read.
    func state(_ status: ContainerStatus, pid: Int32) -> State {
        State(
            ociVersion: ociVersion, id: id, status: status.rawValue, pid: Int(pid), bundle: bundle,
            annotations: annotations)
    }
}

extension ContainerRecord: JSONReadable {
    package init(reading object: JSONObject) throws {
        version = try object.read("version")
        ociVersion = try object.read("ociVersion")
        id = try object.read("id")
        bundle = try object.read("bundle")
        rootfs = try object.read("rootfs")
        annotations = try object.decode("annotations")
        created = try object.read("created")
        owner = try object.read("owner")
        pid = try object.read("pid")
        startTime = try object.read("startTime")
        cgroups = try object.read("cgroups")
        systemd = try object.decode("systemd")
        namespaces = try object.read("namespaces")
        process = try object.read("process")
        seccompFlags = try object.read("seccompFlags")
        personality = try object.decode("personality")
        memoryPolicy = try object.decode("memoryPolicy")
        seccompListener = try object.decode("seccompListener")
        resourceControl = try object.decode("resourceControl")
        hostMount = try object.decode("hostMount")
        poststart = try object.decode("poststart")
        poststop = try object.decode("poststop")
    }
}

extension ContainerRecord: JSONWritable {
    package func write(to object: inout JSONText) throws {
        object.member("version", version)
        object.member("ociVersion", ociVersion)
        object.member("id", id)
        object.member("bundle", bundle)
        object.member("rootfs", rootfs)
        // The type of a dictionary is made at run time, and is not asked for where there is none.
        if let annotations { try object.encode("annotations", annotations) }
        object.member("created", created)
        object.member("owner", owner)
        object.member("pid", pid)
        object.member("startTime", startTime)
        try object.member("cgroups", cgroups)
        try object.encode("systemd", systemd)
        object.member("namespaces", namespaces)
        if let process { try object.member("process", process) }
        object.member("seccompFlags", seccompFlags)
        try object.encode("personality", personality)
        try object.encode("memoryPolicy", memoryPolicy)
        try object.encode("seccompListener", seccompListener)
        try object.encode("resourceControl", resourceControl)
        try object.encode("hostMount", hostMount)
        if !poststart.isEmpty { try object.encode("poststart", poststart) }
        if !poststop.isEmpty { try object.encode("poststop", poststop) }
    }
}
