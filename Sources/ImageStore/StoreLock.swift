import CLinux
import Glibc
import LinuxSystem

/// The store's lock between processes, see flock(2). Whoever adds content holds it shared; whoever removes what nothing
/// refers to, which content on its way looks like, holds it alone.
final class StoreLock: Sendable {
    private let descriptor: Descriptor

    private init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// Waits for the lock, which is held alone only for moments.
    static func shared(_ layout: StoreLayout) throws(SystemError) -> StoreLock {
        let file = try open(layout)
        try systemCall("lock", layout.lock) { flock(file.rawValue, LOCK_SH) }
        return StoreLock(file)
    }

    /// `nil` where others work with the store.
    static func exclusive(_ layout: StoreLayout) throws(SystemError) -> StoreLock? {
        let file = try open(layout)
        do throws(SystemError) {
            try systemCall("lock", layout.lock) { flock(file.rawValue, LOCK_EX | LOCK_NB) }
            return StoreLock(file)
        } catch {
            guard error.errno == EWOULDBLOCK else { throw error }
            return nil
        }
    }

    private static func open(_ layout: StoreLayout) throws(SystemError) -> Descriptor {
        try Descriptor.open(layout.lock, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
    }
}
