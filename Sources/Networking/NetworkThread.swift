import CLinux
import Glibc
import LinuxSystem
import Synchronization

/// A thread that runs one actor's jobs, one after another: netlink, nftables and mounts block, and must not hold up the
/// cooperative pool. The thread ends when the executor is released.
package final class NetworkThread: SerialExecutor {
    private final class Queue: @unchecked Sendable {
        private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        private var jobs: [(UnownedJob, UnownedSerialExecutor)] = []
        private var isClosed = false

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

        func add(_ job: UnownedJob, for executor: UnownedSerialExecutor) { locked { jobs.append((job, executor)) } }
        func close() { locked { isClosed = true } }

        func run() {
            while true {
                pthread_mutex_lock(mutex)
                while jobs.isEmpty && !isClosed { pthread_cond_wait(condition, mutex) }
                let batch = jobs
                jobs = []
                pthread_mutex_unlock(mutex)
                guard !batch.isEmpty else { return }
                for (job, executor) in batch { job.runSynchronously(on: executor) }
            }
        }
    }

    private let queue: Queue

    /// - Parameter isolated: gives the thread a network namespace of its own, in which whatever its actor makes stays.
    package init(isolated: Bool = false) throws(NetworkingError) {
        queue = Queue()
        do throws(SystemError) {
            if isolated {
                // A thread is born in its creator's namespace, so the creator is one that has left the host's.
                let queue = Transferred(queue)
                try OneShotThread.run { () throws(SystemError) in
                    try systemCall("create network namespace") { linux_unshare(Int32(LINUX_CLONE_NEWNET)) }
                    try Self.start(queue.value)
                }
            } else {
                try Self.start(queue)
            }
        } catch {
            throw .system(error)
        }
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
            throw SystemError(operation: "start thread", path: nil, errno: status)
        }
        pthread_detach(thread)
    }

    deinit {
        queue.close()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        queue.add(UnownedJob(job), for: asUnownedSerialExecutor())
    }
}
