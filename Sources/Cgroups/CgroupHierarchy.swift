import CLinux
import Glibc
internal import LinuxSystem

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

    /// The directory of this process's own cgroup.
    package var ownDirectory: String { mountPoint + visible(ownPath) }

    /// Whether it is mounted where everybody looks for it.
    var isAtUsualPlace: Bool { mountPoint.begins(with: CgroupHost.usualPlace) }

    /// The name of the directory where it is usually mounted.
    var directoryName: String { Self.directoryName(controllers) }

    static func directoryName(_ controllers: [String]) -> String {
        let name = controllers.count == 1 ? controllers[0] : controllers.joined(separator: ",")
        return name.begins(with: "name=") ? String(Substring(name.utf8.dropFirst(5))) : name
    }

    /// Whether the hierarchy's root is at the mount point: the one inode with the number 1 of such a file system.
    var isWholeAtMountPoint: Bool {
        var system = statfs()
        // `CGROUP_SUPER_MAGIC` and `CGROUP2_SUPER_MAGIC` of <linux/magic.h>.
        let magic = version == .one ? 0x27e0eb : 0x6367_7270
        guard mountPoint.withCString({ statfs($0, &system) }) == 0, Int(system.f_type) == magic,
            let status = try? File.status(mountPoint)
        else { return false }
        return status.st_ino == 1
    }

    /// The directory of a cgroup. An absolute path counts from the mount point, a relative one from the process's own
    /// cgroup (runtime-spec, config-linux.md); on version 2 from the one above, as in runc, since a cgroup with
    /// processes in it has no controllers to hand down. No `..` leads out of that.
    package func directory(of path: String) -> String {
        let slash = UInt8(ascii: "/")
        var result = Array(mountPoint.utf8)
        if !path.isAbsolutePath {
            var own = Array(visible(ownPath).utf8)
            if version == .two {
                while let last = own.popLast(), last != slash {}
            }
            result += own
        }
        if result.last == slash { result.removeLast() }
        let least = result.count
        var path = path
        path.withUTF8 { bytes in
            var rest = ByteText(bytes)
            while let part = rest.next(before: "/") {
                if part.isEmpty || part == "." { continue }
                if part == ".." {
                    while result.count > least, result.removeLast() != slash {}
                } else {
                    result.append(slash)
                    result.append(contentsOf: part.bytes)
                }
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The directory of a cgroup by its path in the hierarchy, as `/proc/<pid>/cgroup` has it.
    package func directory(inHierarchy path: String) -> String { mountPoint + visible(path) }

    /// A path in the hierarchy as seen below the mount point.
    private func visible(_ path: String) -> String {
        guard root != "/", path == root || path.begins(with: root + "/") else { return path == "/" ? "" : path }
        return String(Substring(path.utf8.dropFirst(root.utf8.count)))
    }
}
