import CLinux
import Glibc
package import LinuxSystem

/// A thread that runs what it is given, one after another; for calls that block. It ends, its work done, when the last
/// reference goes.
package final class WorkerThread: Sendable {
    package typealias Work = @Sendable () -> Void

    private final class Queue: @unchecked Sendable {
        private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        private var waiting: [Work] = []
        private var isClosed = false
        private var thread: pthread_t?

        init() {
            pthread_mutex_init(mutex, nil)
            pthread_cond_init(condition, nil)
        }

        deinit {
            pthread_cond_destroy(condition)
            pthread_mutex_destroy(mutex)
            condition.deallocate()
            mutex.deallocate()
        }

        private func locked(_ body: () -> Void) {
            pthread_mutex_lock(mutex)
            body()
            pthread_cond_signal(condition)
            pthread_mutex_unlock(mutex)
        }

        func add(_ work: @escaping Work) { locked { waiting.append(work) } }
        func close() { locked { isClosed = true } }

        var isCurrent: Bool {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            return thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
        }

        func run() {
            locked { thread = pthread_self() }
            while true {
                pthread_mutex_lock(mutex)
                while waiting.isEmpty && !isClosed { pthread_cond_wait(condition, mutex) }
                let batch = waiting
                waiting = []
                pthread_mutex_unlock(mutex)
                guard !batch.isEmpty else { return }
                for work in batch { work() }
            }
        }
    }

    private let queue = Queue()

    /// - Parameter isolated: gives the thread a network namespace of its own.
    package init(isolated: Bool = false) throws(SystemError) {
        guard isolated else {
            try Self.start(queue)
            return
        }
        // A thread is born in its creator's namespace, so the creator is one that has left the host's.
        let queue = queue
        try OneShotThread.run { () throws(SystemError) in
            try systemCall("create network namespace") { linux_unshare(Int32(LINUX_CLONE_NEWNET)) }
            try Self.start(queue)
        }
    }

    deinit {
        queue.close()
    }

    /// Whether the caller runs on this thread.
    package var isCurrent: Bool { queue.isCurrent }

    package func submit(_ work: @escaping Work) {
        queue.add(work)
    }

    private static func start(_ queue: Queue) throws(SystemError) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(queue)
        let status = pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Queue>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            context.release()
            throw SystemError(operation: "start thread", errno: status)
        }
        pthread_detach(thread)
    }
}
