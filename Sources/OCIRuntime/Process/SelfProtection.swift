import CLinux
import Glibc
internal import LinuxSystem

/// Keeps containers from writing to the runtime's own file through `/proc/<pid>/exe` (CVE-2019-5736): the runtime
/// executes itself again from a read-only mount that is attached nowhere, so nobody can make it writable; where that
/// fails, from a sealed copy in memory.
enum SelfProtection {
    private static let path = "/proc/self/exe"

    /// Returns where this program runs protected already; otherwise starts it over.
    static func ensure() throws(RuntimeError) {
        do throws(SystemError) {
            if try isProtected() { return }
            let program: Int32
            do throws(SystemError) { program = try readOnlyMount() } catch { program = try sealedCopy() }
            try execute(program)
        } catch {
            throw .system(doing: "protect the runtime's own file", error)
        }
    }

    private static func isProtected() throws(SystemError) -> Bool {
        var status = statfs()
        try systemCall("statfs", path) { path.withCString { statfs($0, &status) } }
        if Int(status.f_flags) & Int(ST_RDONLY) != 0 { return true }
        // Only a file in memory can be sealed.
        guard status.f_type == TMPFS_MAGIC else { return false }
        let file = try Descriptor.open(path, O_RDONLY)
        let seals = linux_fcntl(file.rawValue, Int32(LINUX_F_GET_SEALS), 0)
        return seals >= 0 && Int(seals) & 0x8 /* F_SEAL_WRITE */ != 0
    }

    private static func readOnlyMount() throws(SystemError) -> Int32 {
        let tree = try MountTree(cloning: path, recursive: false)
        try tree.setAttributes(set: UInt64(LINUX_MOUNT_ATTR_RDONLY), clear: 0, recursive: false)
        return tree.release()
    }

    private static func sealedCopy() throws(SystemError) -> Int32 {
        let source = try Descriptor.open(path, O_RDONLY)
        let copy = try Descriptor.memory(name: "skiff-runtime", flags: UInt32(LINUX_MFD_ALLOW_SEALING))
        var left = Int(try source.status().st_size)
        while left > 0 {
            let count = try systemCall("copy", path) { sendfile(copy.rawValue, source.rawValue, nil, left) }
            if count == 0 { throw SystemError(operation: "copy", path: path, errno: EIO) }
            left -= count
        }
        // F_SEAL_SEAL, SHRINK, GROW and WRITE.
        try systemCall("seal") { linux_fcntl(copy.rawValue, Int32(LINUX_F_ADD_SEALS), 0x1 | 0x2 | 0x4 | 0x8) }
        return copy.release()
    }

    private static func execute(_ program: Int32) throws(SystemError) -> Never {
        let failure = CStringArray.with(CommandLine.arguments) { arguments in
            linux_execveat(program, "", arguments, environ, Int32(LINUX_AT_EMPTY_PATH))
            return errno
        }
        throw SystemError(operation: "execute", path: path, errno: failure)
    }
}
