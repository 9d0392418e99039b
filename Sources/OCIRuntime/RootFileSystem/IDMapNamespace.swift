import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

/// A user namespace that nobody runs in: the id mapping of a mount is given to the kernel as one (mount_setattr(2),
/// MOUNT_ATTR_IDMAP).
enum IDMapNamespace {
    /// Makes a namespace with these mappings and answers its descriptor.
    static func make(uids: [IDMapping], gids: [IDMapping]) throws(SystemError) -> Descriptor {
        let process = try WaitingProcess(flags: UInt64(LINUX_CLONE_NEWUSER))
        let namespace: Descriptor
        do throws(SystemError) {
            try File.write(text(of: uids), to: "/proc/\(process.pid)/uid_map")
            try File.write(text(of: gids), to: "/proc/\(process.pid)/gid_map")
            namespace = try Descriptor.open("/proc/\(process.pid)/ns/user", O_RDONLY)
        } catch {
            process.end()
            throw error
        }
        process.end()
        return namespace
    }

    /// The lines of a file `uid_map` or `gid_map`, see user_namespaces(7).
    static func text(of mappings: [IDMapping]) -> String {
        mappings.map { "\($0.containerID) \($0.hostID) \($0.size)\n" }.joined()
    }
}
