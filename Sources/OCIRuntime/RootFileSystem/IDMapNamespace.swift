import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

/// A user namespace that nobody runs in: the id mapping of a mount is given to the kernel as one (mount_setattr(2),
/// MOUNT_ATTR_IDMAP).
enum IDMapNamespace {
    /// Makes a namespace with these mappings and answers its descriptor.
    static func make(uids: [IDMapping], gids: [IDMapping]) throws(SystemError) -> Descriptor {
        let life = try Descriptor.pipe().release()
        var descriptor: Int32 = -1
        let pid: Int32
        do throws(SystemError) {
            pid = try systemCall("make a user namespace") {
                linux_clone3(UInt64(LINUX_CLONE_NEWUSER), &descriptor, SIGCHLD, -1)
            }
        } catch {
            close(life.reading)
            close(life.writing)
            throw error
        }
        if pid == 0 { holdOpen(life) }
        close(life.reading)
        let process = ProcessDescriptor(owning: descriptor)
        defer {
            close(life.writing)
            _ = try? process.wait()
        }
        try File.write(text(of: uids), to: "/proc/\(pid)/uid_map")
        try File.write(text(of: gids), to: "/proc/\(pid)/gid_map")
        return try Descriptor.open("/proc/\(pid)/ns/user", O_RDONLY)
    }

    /// The process that keeps the namespace until its maker has opened it, or is gone.
    private static func holdOpen(_ life: (reading: Int32, writing: Int32)) -> Never {
        close(life.writing)
        var byte: UInt8 = 0
        while read(life.reading, &byte, 1) < 0, errno == EINTR {}
        _exit(0)
    }

    /// The lines of a file `uid_map` or `gid_map`, see user_namespaces(7).
    static func text(of mappings: [IDMapping]) -> String {
        mappings.map { "\($0.containerID) \($0.hostID) \($0.size)\n" }.joined()
    }
}
