import Glibc
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

/// A container's cgroups where the caller may have rights to none, to some (delegated ones) or to all of them.
struct RootlessCgroups {
    let resources: Resources?
    /// Whether the configuration names the cgroup, so that it must be there.
    let isChosen: Bool

    /// Makes what can be made and sets the limits.
    ///
    /// - Parameters:
    ///   - locations: Afterwards those that are the container's.
    ///   - foreign: Becomes the cgroups of this process in all other hierarchies.
    func make(_ locations: inout [ContainerCgroup.Location], foreign: inout ContainerCgroup) throws(RuntimeError) {
        let host = try doing("read the host's cgroups") { try CgroupHost.current() }
        var cgroup = ContainerCgroup(locations: locations)
        let refused: [RefusedCgroup]
        do throws(SystemError) { refused = try cgroup.createPermitted(host: host) } catch {
            throw .container("unable to apply cgroup configuration: \(error)")
        }
        locations = cgroup.locations
        foreign = try Self.own(host, in: refused)
        if isChosen, let first = refused.first(where: { Self.isNeeded($0, host) }) {
            throw .container("unable to apply cgroup configuration: \(first.cause)")
        }
        try apply(to: cgroup, refused, host)
    }

    /// Version 2 beside version 1 has no limits that anybody misses, and named hierarchies have none at all.
    private static func isNeeded(_ refused: RefusedCgroup, _ host: CgroupHost) -> Bool {
        refused.location.version == .two ? host.isUnified : !refused.location.name.hasPrefix("name=")
    }

    private static func own(_ host: CgroupHost, in refused: [RefusedCgroup]) throws(RuntimeError) -> ContainerCgroup {
        guard !refused.isEmpty else { return ContainerCgroup(locations: []) }
        var own = try doing("read this process's cgroups") { try ContainerCgroup(pid: getpid(), host: host) }
        own.locations.removeAll { location in
            !refused.contains { $0.location.mountPoint == location.mountPoint }
        }
        return own
    }

    private func apply(
        to cgroup: ContainerCgroup, _ refused: [RefusedCgroup], _ host: CgroupHost
    ) throws(RuntimeError) {
        guard let resources else { return }
        do throws(CgroupError) { try cgroup.apply(resources) } catch {
            guard let first = refused.first, case .missingController(_, let controller) = error else {
                throw .container("error setting cgroup config for procHooks process: \(error)")
            }
            if host.isUnified {
                throw .container(
                    "unable to apply cgroup configuration: rootless needs no limits + no cgrouppath when no permission "
                        + "is granted for cgroups: \(first.cause)")
            }
            throw .container(
                "error setting cgroup config for procHooks process: cannot set \(controller) limit: "
                    + "container could not join or create cgroup")
        }
        // Rules for devices are root's to make; nobody else can make devices to begin with.
        do throws(CgroupError) { try cgroup.restrictDevices(resources.devices, replaces: false) } catch { return }
    }

    /// An error of a later change in the words of one that was there at the start.
    static func explained(_ error: any Error, _ mode: RootlessMode) -> any Error {
        guard case CgroupError.missingController(_, let controller) = error, mode.toleratesMissingCgroups else {
            return error
        }
        return RuntimeError.other("cannot set \(controller) limit: container could not join or create cgroup")
    }
}
