/// A mounted cgroup hierarchy of the host.
package struct CgroupHierarchy: Equatable, Sendable {
    package enum Version: Int, Codable, Sendable {
        case one = 1
        case two = 2
    }

    package var version: Version
    /// Controllers of version 1 as mounted together (`cpu`, `cpuacct`, `name=systemd`); empty for version 2.
    package var controllers: [String]
    /// Where it is mounted.
    package var mountPoint: String
    /// What is visible there: the path in the hierarchy that the mount point stands for.
    package var root: String
    /// This process's own path in the hierarchy.
    package var ownPath: String

    /// The directory of a cgroup. An absolute path counts from the mount point, a relative one from the process's own
    /// cgroup (runtime-spec, config-linux.md).
    package func directory(of path: String) -> String {
        let base = path.hasPrefix("/") ? mountPoint : mountPoint + visible(ownPath)
        var result = base.hasSuffix("/") ? String(base.dropLast()) : base
        for part in path.split(separator: "/") { result += "/" + part }
        return result
    }

    /// A path in the hierarchy as seen below the mount point.
    private func visible(_ path: String) -> String {
        guard root != "/", path == root || path.hasPrefix(root + "/") else { return path == "/" ? "" : path }
        return String(path.dropFirst(root.count))
    }
}
