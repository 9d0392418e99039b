import Glibc
import LinuxSystem

/// Unpins namespaces behind the caller's back: taking a mount away waits for the kernel's other processors, and a
/// container's end need not wait with it.
final class NamespaceReaper: Sendable {
    private let worker: WorkerThread

    init() throws(SystemError) {
        worker = try WorkerThread()
    }

    func remove(at path: String) {
        worker.submit { NetworkNamespace.remove(at: path) }
    }
}
