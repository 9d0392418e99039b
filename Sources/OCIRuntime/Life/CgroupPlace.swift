import Glibc
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

/// Which cgroup a container gets: what the bundle's `cgroupsPath` means on this host.
struct CgroupPlace {
    let cgroup: ContainerCgroup
    /// systemd's unit, where systemd makes the cgroup.
    var unit: SystemdUnit?
    /// What annotations add to it.
    var properties: [SystemdProperty] = []

    init(_ container: ContainerSpec, id: String, usesSystemd: Bool) throws(RuntimeError) {
        let host = try doing("read the host's cgroups") { try CgroupHost.current() }
        let path = container.linux.cgroupsPath ?? ""
        guard usesSystemd else {
            cgroup = ContainerCgroup(host: host, path: path.isEmpty ? id : path)
            guard cgroup.locations.allSatisfy({ $0.path != $0.mountPoint }) else {
                throw .invalid(field: "linux.cgroupsPath", problem: "\"\(path)\" is the root cgroup")
            }
            return
        }
        do throws(CgroupError) {
            let properties = try SystemdProperty.annotated(container.spec.annotations ?? [:])
            let unit = try SystemdUnit(cgroupsPath: path, id: id, isUsers: Self.isUsers)
            cgroup = try ContainerCgroup(host: host, unit: unit)
            self.unit = unit
            self.properties = properties
        } catch {
            if case .invalid(let field, let problem) = error { throw .invalid(field: field, problem: problem) }
            throw .other("\(error)")
        }
    }

    /// Whether the cgroups are the user's: nobody but the initial namespace's root may speak to the system's systemd.
    private static var isUsers: Bool {
        if geteuid() != 0 { return true }
        let map = (try? File.readText("/proc/self/uid_map")) ?? ""
        return !map.isEmpty && map.split(whereSeparator: { $0 == " " || $0 == "\n" }) != ["0", "0", "4294967295"]
    }

    /// Gives the cgroup to the container's user, who may then divide it (runtime-spec, config-linux.md, "Cgroup
    /// ownership"): on version 2, where the container sees no more than this cgroup and may write.
    static func delegate(_ cgroup: ContainerCgroup, to container: ContainerSpec) throws(RuntimeError) {
        guard container.namespaces.isNew(.cgroup), !container.linux.uidMappings.isEmpty,
            cgroup.locations.allSatisfy({ $0.version == .two }), let user = container.spec.process?.user.uid,
            container.spec.mounts.contains(where: isWritableCgroup)
        else { return }
        for mapping in container.linux.uidMappings {
            guard user >= mapping.containerID, user - mapping.containerID < mapping.size else { continue }
            let owner = mapping.hostID + (user - mapping.containerID)
            return try doing("delegate the cgroup") { try cgroup.delegate(to: owner) }
        }
    }

    private static func isWritableCgroup(_ mount: Mount) -> Bool {
        mount.type == "cgroup" && ["/sys/fs/cgroup", "/sys/fs/cgroup/"].contains(mount.destination)
            && !mount.options.contains("ro")
    }

    /// Whoever is in the cgroup already would be killed with the container.
    static func refuseOccupied(_ cgroup: ContainerCgroup) throws(RuntimeError) {
        let exists = cgroup.exists
        if exists {
            let count = try doing("unable to get cgroup PIDs") { try cgroup.processes().count }
            guard count == 0 else { throw .other("container's cgroup is not empty: \(count) process(es) found") }
        }
        guard exists || cgroup.has("freezer") else { return }
        guard (try? cgroup.isFrozen()) != true else { throw .other("container's cgroup unexpectedly frozen") }
    }
}
