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
            var maker = PathMaker(root: descriptor)
            return try maker.makeDirectory(path, mode: mode)
        }
    }

    /// Opens a file, made empty (with its parents) where it is missing: the target of a file's bind mount.
    func makeFile(_ path: String) throws(SystemError) -> Descriptor {
        do throws(SystemError) {
            return try resolve(path)
        } catch  where error.errno == ENOENT {
            var maker = PathMaker(root: descriptor)
            return try maker.makeFile(path)
        }
    }
}
