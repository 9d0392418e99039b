internal import Glibc
internal import LinuxSystem
internal import Synchronization
internal import TTRPC

/// The lock on a state directory, held as long as this lives.
final class StateLock: Sendable {
    private let file: Descriptor
    private let continuation = Mutex<CheckedContinuation<Void, any Error>?>(nil)

    init(path: String) throws(SystemError) {
        file = try Descriptor.open(path, O_RDWR | O_CREAT, mode: 0o600)
    }

    /// Waits for the lock on a thread that may block.
    func acquire(on thread: EventLoopThread) async throws {
        if flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 { return }
        try await withCheckedThrowingContinuation { waiting in
            continuation.withLock { $0 = waiting }
            thread.execute { [self] loop in
                while flock(file.rawValue, LOCK_EX) != 0, errno == EINTR {}
                end(.success(()))
                loop.stop()
            }
        }
    }

    /// Ends the wait with an error.
    func giveUp(_ error: any Error) { end(.failure(error)) }

    private func end(_ result: Result<Void, any Error>) {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(with: result)
    }
}
