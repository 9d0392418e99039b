internal import Cgroups
internal import LinuxSystem

extension ContainerRecord {
    var cgroup: ContainerCgroup { ContainerCgroup(locations: cgroups) }

    /// Removes the cgroup of a container whose processes have ended, and systemd's unit with it.
    func removeCgroup(deadline: Deadline, _ log: RuntimeLog) throws {
        // Both are tried: systemd knows nothing of some directories, and has some that are busy until it was told.
        var failure: (any Error)?
        if let systemd {
            do {
                if let warning = try ContainerCgroup.stop(systemd) { log.warn(warning) }
            } catch { failure = error }
        }
        try cgroup.remove(deadline: deadline)
        if let failure { throw failure }
    }
}
