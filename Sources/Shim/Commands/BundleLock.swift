internal import Glibc
internal import LinuxSystem

/// The lock under which `start` makes a bundle's shim and `delete` gives the bundle up. A `start` whose supervisor was
/// killed may still be under way when the next supervisor calls `delete`: that one waits for it and finds the shim, or
/// comes first, and the shim is never made.
struct BundleLock: ~Copyable {
    /// The permission whose absence says that the bundle is given up: a mark that needs no space on a full disk.
    private static let open: mode_t = 0o200

    private let file: Descriptor

    /// Waits for the lock. A bundle that is being removed loses its configuration first and this file last: who comes
    /// so late must not make it again.
    init(bundle: String, isMaking: Bool) throws(SystemError) {
        let flags = O_RDWR | O_NOFOLLOW | (isMaking ? O_CREAT : 0)
        let file = try Descriptor.open("\(bundle)/shim.lock", flags, mode: 0o600)
        let fd = file.rawValue
        try systemCall("flock") { flock(fd, LOCK_EX) }
        self.file = file
    }

    /// Whether `delete` was here.
    func isGivenUp() throws(SystemError) -> Bool { try file.status().st_mode & BundleLock.open == 0 }

    /// Ends the lock, in the processes forked from this one too.
    func release() { flock(file.rawValue, LOCK_UN) }

    /// No shim is made for this bundle from now on.
    func giveUp() throws(SystemError) {
        let fd = file.rawValue
        try systemCall("fchmod") { fchmod(fd, 0o400) }
    }
}
