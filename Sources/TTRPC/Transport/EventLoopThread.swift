internal import CTransport
internal import Glibc
public import LinuxSystem
internal import Synchronization

/// A thread that runs an ``EventLoop`` for as long as the process lives; others hand it work.
public final class EventLoopThread: Sendable {
    /// Work for the loop's thread.
    public typealias Job = @Sendable (EventLoop) -> Void

    private let mailbox = Mutex<[Job]>([])
    private let wakeup: Descriptor

    /// Starts the thread. Throws when the loop or the thread cannot be made.
    public init() throws(SystemError) {
        let fd = transport_event_create()
        guard fd >= 0 else { throw SystemError(operation: "eventfd", errno: errno) }
        wakeup = Descriptor(owning: fd)
        try start()
    }

    /// Runs `job` on the loop's thread, after those given before it.
    public func execute(_ job: @escaping Job) {
        let wasEmpty = mailbox.withLock { jobs in
            jobs.append(job)
            return jobs.count == 1
        }
        guard wasEmpty else { return }
        var one: UInt64 = 1
        _ = write(wakeup.rawValue, &one, 8)
    }

    private func start() throws(SystemError) {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { raw in
                guard let raw else { return nil }
                Unmanaged<EventLoopThread>.fromOpaque(raw).takeRetainedValue().main()
                return nil
            }, argument.toOpaque())
        guard code == 0 else {
            argument.release()
            throw SystemError(operation: "pthread_create", errno: code)
        }
        pthread_detach(thread)
    }

    private func main() {
        guard let loop = try? EventLoop() else { return }
        try? loop.register(wakeup.rawValue, .readable) { [self] _ in
            var count: UInt64 = 0
            _ = read(wakeup.rawValue, &count, 8)
            drain(loop)
        }
        try? loop.run()
    }

    private func drain(_ loop: EventLoop) {
        let jobs = mailbox.withLock { jobs in
            defer { jobs = [] }
            return jobs
        }
        for job in jobs { job(loop) }
    }
}
