import CLinux
import Glibc
import LinuxSystem

/// The container's root directory, through which every path of the container is resolved by the kernel
/// (`RESOLVE_IN_ROOT`): a symbolic link in it never leads out.
struct RootDirectory: ~Copyable {
    let descriptor: Descriptor

    private static let inRoot = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS

    /// Opens what a container's path stands for, links followed inside the root; O_PATH.
    func resolve(_ path: String, flags: Int = 0) throws(SystemError) -> Descriptor {
        try Descriptor.open(
            at: descriptor.rawValue, path, Int32(LINUX_O_PATH | flags), resolve: Int32(Self.inRoot))
    }

    /// As `resolve`, for a path none of whose parts may be a symbolic link.
    func resolveExactly(_ path: String, flags: Int = 0) throws(SystemError) -> Descriptor {
        try Descriptor.open(
            at: descriptor.rawValue, path, Int32(LINUX_O_PATH | flags),
            resolve: Int32(Self.inRoot | RESOLVE_NO_SYMLINKS))
    }

    /// As `resolve`; `nil` where nothing is there.
    func resolveIfPresent(_ path: String) throws(SystemError) -> Descriptor? {
        do throws(SystemError) {
            return try resolve(path)
        } catch  where error.errno == ENOENT || error.errno == ENOTDIR {
            return nil
        }
    }

    /// As `resolveExactly`; `nil` where nothing is there.
    func resolveExactlyIfPresent(_ path: String, flags: Int = 0) throws(SystemError) -> Descriptor? {
        do throws(SystemError) {
            return try resolveExactly(path, flags: flags)
        } catch  where error.errno == ENOENT {
            return nil
        }
    }

    /// Opens a file for reading or writing, links followed inside the root.
    func open(_ path: String, _ flags: Int32) throws(SystemError) -> Descriptor {
        try Descriptor.open(at: descriptor.rawValue, path, flags, resolve: Int32(Self.inRoot))
    }

    /// Opens a directory, made with its parents where it is missing.
    func makeDirectory(_ path: String, mode: mode_t = 0o755) throws(SystemError) -> Descriptor {
        do throws(SystemError) {
            return try resolve(path, flags: LINUX_O_DIRECTORY)
        } catch  where error.errno == ENOENT {
            let (parent, name) = try Self.split(path)
            let above = try makeDirectory(parent)
            do throws(SystemError) {
                try systemCall("mkdir", path) { mkdirat(above.rawValue, name, mode) }
            } catch  where error.errno == EEXIST {}
            return try Self.child(of: above, name, flags: LINUX_O_DIRECTORY, path)
        }
    }

    /// Opens a file, made empty (with its parents) where it is missing: the target of a file's bind mount.
    func makeFile(_ path: String) throws(SystemError) -> Descriptor {
        do throws(SystemError) {
            return try resolve(path)
        } catch  where error.errno == ENOENT {
            let (parent, name) = try Self.split(path)
            let above = try makeDirectory(parent)
            do throws(SystemError) {
                _ = try Descriptor.open(
                    at: above.rawValue, name, O_WRONLY | O_CREAT | O_EXCL | Int32(LINUX_O_NOFOLLOW), mode: 0o644)
            } catch  where error.errno == EEXIST {}
            return try Self.child(of: above, name, flags: 0, path)
        }
    }

    /// What was just made, so no link.
    private static func child(
        of parent: borrowing Descriptor, _ name: String, flags: Int, _ path: String
    ) throws(SystemError) -> Descriptor {
        do throws(SystemError) {
            return try Descriptor.open(
                at: parent.rawValue, name, Int32(LINUX_O_PATH | flags),
                resolve: Int32(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS))
        } catch {
            throw SystemError(operation: "open in the root file system", path: path, errno: error.errno)
        }
    }

    /// (parent, last part) of a path; `..` in a part that does not exist cannot mean anything.
    private static func split(_ path: String) throws(SystemError) -> (parent: String, name: String) {
        var parts = path.split(separator: "/").filter { $0 != "." }
        guard let name = parts.popLast(), name != "..", !parts.contains("..") else {
            throw SystemError(operation: "make in the root file system", path: path, errno: EINVAL)
        }
        return ("/" + parts.joined(separator: "/"), String(name))
    }
}
