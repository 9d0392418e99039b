import CLinux
import Glibc
import LinuxSystem

/// A directory that an archive is unpacked into. Names are resolved by the kernel as if it were `/`, so that no link
/// in the archive leads out of it.
struct ExtractionRoot: ~Copyable {
    private let root: Int32
    private var cached: (path: [UInt8], directory: OpenDirectory)?

    /// A directory that is kept open between entries, which mostly come sorted.
    private final class OpenDirectory {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    /// The descriptor stays the caller's.
    init(_ root: Int32) {
        self.root = root
    }

    /// Opens a directory to work in, without a right to read it; `path` ends with 0 and is empty for the root.
    mutating func directory(_ path: [UInt8]) throws(SystemError) -> Int32 {
        if path.count == 1 { return root }
        if let cached, cached.path == path { return cached.directory.descriptor.rawValue }
        let directory = OpenDirectory(try open(path, Int32(LINUX_O_PATH) | O_DIRECTORY))
        cached = (path, directory)
        return directory.descriptor.rawValue
    }

    /// As `directory(_:)`; calls `made` with the path of each directory that was missing and had to be made.
    mutating func directory(
        _ path: [UInt8], creating made: (EntryPath) throws(ArchiveError) -> Void
    ) throws -> Int32 {
        do throws(SystemError) {
            return try directory(path)
        } catch {
            guard error.errno == ENOENT else { throw error }
        }
        var end = path.startIndex
        while end < path.count - 1 {
            end = path[(end + 1)...].firstIndex(of: UInt8(ascii: "/")) ?? path.count - 1
            guard let step = EntryPath(path[..<end]) else { throw SystemError(operation: "mkdir", errno: EINVAL) }
            let parent = try directory(step.parent)
            do throws(SystemError) {
                try systemCall("mkdir") { mkdirat(parent, chars(step.name), 0o755) }
            } catch {
                guard error.errno == EEXIST else { throw error }
                continue
            }
            try systemCall("chmod") { fchmodat(parent, chars(step.name), 0o755, 0) }
            try systemCall("chown") { fchownat(parent, chars(step.name), 0, 0, AT_SYMLINK_NOFOLLOW) }
            try made(step)
        }
        return try directory(path)
    }

    /// Forgets what is open, since a directory may have been replaced.
    mutating func forget() {
        cached = nil
    }

    /// Opens something under the root; a last component that is a link is not followed where `O_NOFOLLOW` says so.
    func open(_ path: [UInt8], _ flags: Int32) throws(SystemError) -> Descriptor {
        var attempts = 0
        while true {
            do {
                let number = try systemCall("open") {
                    linux_openat2(
                        root, chars(path), UInt64(UInt32(bitPattern: flags | O_CLOEXEC)), 0,
                        UInt64(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS))
                }
                return Descriptor(owning: number)
            } catch  where error.errno == EAGAIN && attempts < 32 {
                attempts += 1
            }
        }
    }
}

/// Bytes that end with 0, as C's functions want them.
func chars(_ bytes: [UInt8]) -> [CChar] {
    bytes.map { CChar(bitPattern: $0) }
}
