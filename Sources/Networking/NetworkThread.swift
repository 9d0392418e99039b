/// Runs one actor's jobs on a thread of their own: netlink, nftables and mounts block, and must not hold up the
/// cooperative pool.
package final class NetworkThread: SerialExecutor {
    private let worker: WorkerThread

    /// - Parameter isolated: gives the thread a network namespace of its own, in which whatever its actor makes stays.
    package init(isolated: Bool = false) throws(NetworkingError) {
        do {
            worker = try WorkerThread(isolated: isolated)
        } catch {
            throw .system(error)
        }
    }

    /// Runs a closure after the jobs that wait already; in it the actor may be assumed to be isolated.
    func submit(_ work: @escaping WorkerThread.Work) {
        worker.submit(work)
    }

    package func checkIsolated() {
        precondition(worker.isCurrent, "not on the network's thread")
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        worker.submit { job.runSynchronously(on: executor) }
    }
}
