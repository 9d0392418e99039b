import Glibc
package import LinuxSystem
import Synchronization

/// Runs a closure on a thread of its own, which ends with it: what the closure does to its thread, such as entering
/// another namespace, touches nobody else.
package enum OneShotThread {
    private final class Job: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private final class Outcome<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, SystemError>?>(nil)
    }

    /// Blocks until the closure has returned and the thread has ended. Not for threads of the cooperative pool.
    package static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(SystemError) -> Value
    ) throws(SystemError) -> Value {
        let outcome = Outcome<Value>()
        let job = Job {
            let result = Result { () throws(SystemError) in try body() }
            outcome.result.withLock { $0 = result }
        }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(job)
        let status = pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Job>.fromOpaque(pointer).takeRetainedValue().body()
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            context.release()
            throw SystemError(operation: "start thread", path: nil, errno: status)
        }
        pthread_join(thread, nil)
        guard let result = outcome.result.withLock({ $0 }) else {
            throw SystemError(operation: "join thread", path: nil, errno: ECHILD)
        }
        return try result.get()
    }
}
