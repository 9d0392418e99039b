import Glibc
package import LinuxSystem

/// A cgroup that this process may not make or enter.
package struct RefusedCgroup: Equatable, Sendable {
    package var location: ContainerCgroup.Location
    package var cause: SystemError

    package init(location: ContainerCgroup.Location, cause: SystemError) {
        self.location = location
        self.cause = cause
    }
}

extension ContainerCgroup {
    /// As `create`, for an ordinary user: hierarchies in which no cgroup can be made, or none that processes can be
    /// moved to, are left out of `locations` and answered.
    package mutating func createPermitted(host: CgroupHost) throws(SystemError) -> [RefusedCgroup] {
        var refused: [RefusedCgroup] = []
        for location in locations {
            do throws(SystemError) {
                if location.version == .two { try Self.checkWay(to: location, host) }
                try create(location)
                try Self.checkWritable("\(location.path)/cgroup.procs")
            } catch {
                guard error.isRefusal else { throw error }
                refused.append(RefusedCgroup(location: location, cause: error))
            }
        }
        locations.removeAll { location in refused.contains { $0.location == location } }
        return refused
    }

    /// A process is moved on version 2 by whoever may write both in its new cgroup and in the next one that is above
    /// the old and the new (cgroups(7), delegation).
    private static func checkWay(to location: Location, _ host: CgroupHost) throws(SystemError) {
        guard let hierarchy = host.unified else { return }
        var common = hierarchy.mountPoint
        let own = hierarchy.ownDirectory.split(separator: "/")
        let target = location.path.split(separator: "/")
        for index in hierarchy.mountPoint.split(separator: "/").count..<max(own.count, target.count) {
            guard index < own.count, index < target.count, own[index] == target[index] else { break }
            common += "/\(own[index])"
        }
        try checkWritable("\(common)/cgroup.procs")
    }

    private static func checkWritable(_ path: String) throws(SystemError) {
        try systemCall("open", path) { access(path, W_OK) }
    }
}

extension SystemError {
    /// Whether rights are missing; what is mounted read-only is nobody's to write.
    package var isRefusal: Bool { [EACCES, EPERM, EROFS].contains(errno) }
}
