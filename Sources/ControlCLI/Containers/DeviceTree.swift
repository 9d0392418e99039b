import CLinux
import Glibc
import LinuxSystem
import OCISpec

/// The host's device nodes as a specification names them.
enum DeviceTree {
    /// What the runtime makes anew in each container.
    private static let skipped: Set<String> = ["pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev", "console"]

    /// The device at a path, or all that are in a directory.
    static func devices(below path: String) throws -> [Device] {
        let status = try File.status(path, followingLinks: true)
        guard status.st_mode & S_IFMT == S_IFDIR else {
            guard let device = device(path, status) else {
                throw SystemError(operation: "device", path: path, errno: ENODEV)
            }
            return [device]
        }
        return try File.names(in: path).sorted().flatMap { name -> [Device] in
            let child = "\(path)/\(name)"
            // One that goes meanwhile is none.
            guard !skipped.contains(name), let status = try? File.status(child, followingLinks: false) else {
                return []
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: return (try? devices(below: child)) ?? []
            case S_IFCHR, S_IFBLK: return device(child, status).map { [$0] } ?? []
            default: return []
            }
        }
    }

    private static func device(_ path: String, _ status: stat) -> Device? {
        let type: String
        switch status.st_mode & S_IFMT {
        case S_IFCHR: type = "c"
        case S_IFBLK: type = "b"
        default: return nil
        }
        return Device(
            type: type, path: path, major: Int64(linux_major(status.st_rdev)),
            minor: Int64(linux_minor(status.st_rdev)), fileMode: UInt32(status.st_mode & 0o7777),
            uid: status.st_uid, gid: status.st_gid)
    }
}
