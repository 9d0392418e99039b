import Glibc
internal import Cgroups
internal import LinuxSystem
public import OCISpec

extension ContainerRuntime {
    /// Freezes every process of a running or created container, within 10 seconds.
    public func pause(_ id: String) throws(RuntimeError) {
        try freeze(id, true, from: [.running, .created], problem: "container not running or created")
    }

    /// Lets the processes of a paused container go on, within 10 seconds.
    public func resume(_ id: String) throws(RuntimeError) {
        try freeze(id, false, from: [.paused], problem: "container not paused")
    }

    private func freeze(
        _ id: String, _ frozen: Bool, from states: [ContainerStatus], problem: String
    ) throws(RuntimeError) {
        let directory = try StateDirectory(root: root, id: id)
        let record = try directory.load()
        guard states.contains(directory.status(of: record)) else { throw .state(id: id, problem: problem) }
        try doing(frozen ? "pause" : "resume") {
            try record.cgroup.setFrozen(frozen, deadline: .after(milliseconds: 10_000))
        }
    }

    /// Changes limits of a container that has not stopped; what `resources` does not mention stays as it is.
    ///
    /// - Throws: `RuntimeError.noSuchContainer`; `.state` where it has stopped; an error that names the field where the
    ///   host has no such limit or the kernel refuses the value.
    public func update(_ id: String, _ resources: Resources) throws(RuntimeError) {
        let directory = try StateDirectory(root: root, id: id)
        let record = try directory.load()
        guard directory.status(of: record) != .stopped else { throw .state(id: id, problem: "container not running") }
        try doing("update container \(id)") {
            do {
                if let unit = record.systemd { try record.cgroup.update(unit, resources) }
                try record.cgroup.apply(resources.completed(by: record.cgroup))
            } catch {
                throw RootlessCgroups.explained(error, rootless)
            }
            if !resources.devices.isEmpty { try record.cgroup.restrictDevices(resources.devices, replaces: true) }
        }
    }

    /// The ids of a container's processes as the caller's pid namespace has them, sorted; none where it has stopped.
    public func processes(_ id: String) throws(RuntimeError) -> [Int32] {
        let record = try StateDirectory(root: root, id: id).load()
        guard !record.cgroups.isEmpty else { throw .other("unable to get all container pids: it has no cgroup") }
        return try doing("list processes") { try record.cgroup.processes() }
    }
}
