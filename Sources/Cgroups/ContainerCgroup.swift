import CLinux
import Glibc
package import LinuxSystem

/// A container's cgroup: one directory in each hierarchy of the host.
package struct ContainerCgroup: Equatable, Sendable {
    /// The directory in one hierarchy.
    package struct Location: Codable, Equatable, Sendable {
        package var version: CgroupHierarchy.Version
        package var controllers: [String]
        /// Where the hierarchy is mounted.
        package var mountPoint: String
        /// The container's directory.
        package var path: String

        /// The name of the version 1 mount, as `cpu,cpuacct`.
        package var name: String { controllers.joined(separator: ",") }

        /// Where containers find it below their `/sys/fs/cgroup`.
        package var directoryName: String { CgroupHierarchy.directoryName(controllers) }
    }

    package var locations: [Location]

    package init(locations: [Location]) { self.locations = locations }

    /// The cgroup at `path` (see `CgroupHierarchy.directory(of:)`) in every hierarchy.
    package init(host: CgroupHost, path: String) {
        locations = host.hierarchies.map {
            Location(
                version: $0.version, controllers: $0.controllers, mountPoint: $0.mountPoint,
                path: $0.directory(of: path))
        }
    }

    /// The cgroup that a process is in, for a reader of statistics.
    package init(pid: Int32, host: CgroupHost) throws(SystemError) {
        let membership = try CgroupMembership(pid: pid)
        locations = host.hierarchies.compactMap { hierarchy in
            let own: String? =
                hierarchy.version == .two
                ? membership.unified : membership.groups.first { $0.controllers == hierarchy.controllers }?.path
            guard let own else { return nil }
            return Location(
                version: hierarchy.version, controllers: hierarchy.controllers, mountPoint: hierarchy.mountPoint,
                path: hierarchy.directory(of: own))
        }
    }

    /// The directory by which the container is frozen.
    package var freezer: Location? { location(of: "freezer") ?? unified }

    /// The version 2 directory, where there is one.
    package var unified: Location? { locations.first { $0.version == .two } }

    /// The directory of a controller of version 1.
    package func location(of controller: String) -> Location? {
        locations.first { $0.version == .one && $0.controllers.contains(controller) }
    }

    /// Whether there is a directory of version 2. (Comparing with `nil` makes a type of two optionals at run time.)
    package var hasUnified: Bool { locations.contains { $0.version == .two } }

    /// Whether there is a directory of a controller of version 1.
    package func has(_ controller: String) -> Bool {
        locations.contains { $0.version == .one && $0.controllers.contains(controller) }
    }

    // MARK: Life

    /// Makes the directories. On version 2 the controllers are turned on on the way down; on version 1 a new cpuset
    /// gets its parent's CPUs and nodes, without which no process can enter it.
    ///
    /// - Parameter version: Those of one version only; `nil` for all.
    package func create(version: CgroupHierarchy.Version? = nil) throws(SystemError) {
        for location in locations where version == nil || location.version == version { try create(location) }
    }

    func create(_ location: Location) throws(SystemError) {
        switch location.version {
        case .two: try createUnified(location)
        case .one where location.controllers.contains("cpuset"): try createCpuset(location)
        case .one: try File.makeDirectories(location.path)
        }
    }

    private func steps(_ location: Location) -> [String] {
        let path = Array(location.path.utf8)
        let start = location.mountPoint.utf8.count
        guard path.count > start else { return [] }
        var result: [String] = []
        for place in (start + 1)..<path.count where path[place] == UInt8(ascii: "/") {
            result.append(String(decoding: path[..<place], as: UTF8.self))
        }
        return result + [location.path]
    }

    private func createCpuset(_ location: Location) throws(SystemError) {
        var parent = location.mountPoint
        for path in steps(location) {
            defer { parent = path }
            do throws(SystemError) { try File.makeDirectory(path) } catch  where error.errno == EEXIST { continue }
            for file in ["cpuset.cpus", "cpuset.mems"] {
                try File.write(try File.readText("\(parent)/\(file)"), to: "\(path)/\(file)")
            }
        }
    }

    private func createUnified(_ location: Location) throws(SystemError) {
        var parent = location.mountPoint
        for path in steps(location) {
            let directory = try CgroupDirectory(opening: parent)
            let available = Self.words(try directory.read("cgroup.controllers"))
            let enabled = available.isEmpty ? [] : Self.words(try directory.read("cgroup.subtree_control"))
            for controller in available where !enabled.contains(controller) {
                // A controller that cannot be turned on is missed only when the specification asks for it.
                do throws(SystemError) { try directory.write("+\(controller)", to: "cgroup.subtree_control") } catch {
                    continue
                }
            }
            do throws(SystemError) { try File.makeDirectory(path) } catch  where error.errno == EEXIST {}
            parent = path
        }
    }

    private static func words(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
    }

    /// Puts a process into every directory. A process of one thread that moves itself (pid 0) by the `tasks` file
    /// spares version 1 the global lock that other moves take.
    package func join(pid: Int32, unifiedToo: Bool) throws(SystemError) {
        for location in locations where location.version == .one || unifiedToo {
            let file = location.version == .one && pid == 0 ? "tasks" : "cgroup.procs"
            try File.write("\(pid)", to: "\(location.path)/\(file)")
        }
    }

    /// Removes the directories with those the container made below them; none may hold a process.
    package func remove(deadline: Deadline) throws(CgroupError) {
        for location in locations {
            do throws(SystemError) {
                try Self.removeTree(location.path, deadline)
            } catch  where error.errno == EBUSY {
                throw .busy(path: location.path)
            } catch  where error.errno == ENOENT {
                continue
            } catch  where error.errno == EROFS && !File.exists(location.path) {
                // rmdir(2) says that the hierarchy is read-only before it looks.
                continue
            } catch {
                throw .system(error)
            }
        }
    }

    /// Removes the directories if nobody is in them and nothing is below; false where somebody or something is.
    package func removeIfEmpty() -> Bool {
        // First of all the one by which processes are found.
        guard let listing, Self.removeIfEmpty(listing) else { return false }
        for location in locations where location.path != listing.path {
            guard Self.removeIfEmpty(location) else { return false }
        }
        return true
    }

    private static func removeIfEmpty(_ location: Location) -> Bool {
        (try? File.removeDirectory(location.path, missingIsFine: true)) != nil
    }

    private static func removeTree(_ path: String, _ deadline: Deadline) throws(SystemError) {
        do throws(SystemError) {
            try File.removeDirectory(path, missingIsFine: true)
        } catch  where error.errno == EBUSY || error.errno == ENOTEMPTY {
            for name in try File.names(in: path) {
                let child = "\(path)/\(name)"
                guard let status = try? File.status(child, followingLinks: false), status.st_mode & S_IFMT == S_IFDIR
                else { continue }
                try removeTree(child, deadline)
            }
            try awaitExits(path, deadline)
            try File.removeDirectory(path, missingIsFine: true)
        }
    }

    /// Waits for the processes of one directory to end: they were killed, or are ending.
    private static func awaitExits(_ path: String, _ deadline: Deadline) throws(SystemError) {
        let directory = try CgroupDirectory(opening: path)
        while true {
            let pids = try directory.read("cgroup.procs").split(separator: "\n").compactMap { Int32($0) }
            guard let pid = pids.first else { return }
            do throws(SystemError) {
                let process = try ProcessDescriptor(pid: pid)
                guard try process.awaitExit(deadline: deadline) else {
                    throw SystemError(operation: "wait for", path: "process \(pid)", errno: EBUSY)
                }
            } catch  where error.errno == ESRCH { continue }
        }
    }
}
