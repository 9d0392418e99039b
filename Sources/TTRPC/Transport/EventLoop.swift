internal import Glibc
public import LinuxSystem

/// An epoll(7) reactor for one thread: it calls handlers when descriptors become ready and when timers fire.
///
/// Not `Sendable`: it belongs to the thread that made it. ``EventLoopThread`` gives others access to one.
public final class EventLoop {
    /// Readiness as epoll reports it, and the interest to register.
    public struct Readiness: OptionSet, Sendable {
        public let rawValue: UInt32
        /// Wraps an epoll event mask.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let readable = Readiness(rawValue: EPOLLIN.rawValue)
        public static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
        public static let priority = Readiness(rawValue: EPOLLPRI.rawValue)
        /// The peer shut down its writing half.
        public static let peerClosed = Readiness(rawValue: EPOLLRDHUP.rawValue)
        /// Always reported; needs no registration.
        public static let hangup = Readiness(rawValue: EPOLLHUP.rawValue)
        /// Always reported; needs no registration.
        public static let error = Readiness(rawValue: EPOLLERR.rawValue)
        /// Report each change once.
        public static let edgeTriggered = Readiness(rawValue: 1 << 31)
    }

    /// Names a timer, to cancel it.
    public struct Timer: Hashable, Sendable {
        fileprivate let deadline: UInt64
        fileprivate let number: UInt64
    }

    private struct Registration {
        /// Tells a descriptor from an earlier one with the same number in the same batch of events.
        var generation: UInt32
        var handler: (Readiness) -> Void
    }

    private let epoll: Descriptor
    private var registrations: [Int32: Registration] = [:]
    private var generation: UInt32 = 0
    private var timers: [(timer: Timer, action: () -> Void)] = []
    private var timerCount: UInt64 = 0
    private var isStopped = false

    /// Makes a reactor. Throws when epoll_create1(2) fails.
    public init() throws(SystemError) {
        let fd = epoll_create1(Int32(EPOLL_CLOEXEC.rawValue))
        guard fd >= 0 else { throw SystemError(operation: "epoll_create1", path: nil, errno: errno) }
        epoll = Descriptor(rawValue: fd)
    }

    /// Nanoseconds of the monotonic clock.
    public static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Calls `handler` whenever `fd` is ready for `interest`, until ``deregister(_:)``.
    /// The descriptor stays the caller's and must be deregistered before it is closed.
    public func register(
        _ fd: Int32, _ interest: Readiness, handler: @escaping (Readiness) -> Void
    ) throws(SystemError) {
        generation &+= 1
        try control(EPOLL_CTL_ADD, fd, interest, generation)
        registrations[fd] = Registration(generation: generation, handler: handler)
    }

    /// Changes what a registered descriptor's handler is called for.
    public func modify(_ fd: Int32, _ interest: Readiness) throws(SystemError) {
        guard let registration = registrations[fd] else { return }
        try control(EPOLL_CTL_MOD, fd, interest, registration.generation)
    }

    /// Ends a registration; does nothing when there is none.
    public func deregister(_ fd: Int32) {
        guard registrations.removeValue(forKey: fd) != nil else { return }
        epoll_ctl(epoll.rawValue, EPOLL_CTL_DEL, fd, nil)
    }

    /// Calls `action` once, `nanoseconds` from now.
    @discardableResult
    public func schedule(after nanoseconds: UInt64, _ action: @escaping () -> Void) -> Timer {
        timerCount += 1
        let timer = Timer(deadline: EventLoop.now() &+ nanoseconds, number: timerCount)
        let index = timers.lastIndex { $0.timer.deadline <= timer.deadline }.map { $0 + 1 } ?? 0
        timers.insert((timer, action), at: index)
        return timer
    }

    /// Drops a timer that has not fired yet.
    public func cancel(_ timer: Timer) {
        timers.removeAll { $0.timer == timer }
    }

    /// Runs until ``stop()``. Throws when epoll_wait(2) fails.
    public func run() throws(SystemError) {
        while !isStopped { try turn() }
    }

    /// Ends ``run()`` after the handler that calls this.
    public func stop() { isStopped = true }

    private func turn() throws(SystemError) {
        let capacity = 64
        let ready = withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: capacity) {
            events -> Result<[(UInt64, UInt32)], SystemError> in
            let count = epoll_wait(epoll.rawValue, events.baseAddress, Int32(capacity), millisecondsToTimer())
            if count < 0 {
                let code = errno
                return code == EINTR ? .success([]) : .failure(SystemError(operation: "epoll_wait", path: nil, errno: code))
            }
            return .success((0..<Int(count)).map { (events[$0].data.u64, events[$0].events) })
        }
        for (key, mask) in try ready.get() where !isStopped {
            let fd = Int32(truncatingIfNeeded: key & 0xffff_ffff)
            guard let registration = registrations[fd], UInt64(registration.generation) == key >> 32 else { continue }
            registration.handler(Readiness(rawValue: mask))
        }
        fireTimers()
    }

    private func fireTimers() {
        guard !timers.isEmpty else { return }
        let now = EventLoop.now()
        while !isStopped, let first = timers.first, first.timer.deadline <= now {
            timers.removeFirst()
            first.action()
        }
    }

    private func millisecondsToTimer() -> Int32 {
        guard let first = timers.first else { return -1 }
        let now = EventLoop.now()
        guard first.timer.deadline > now else { return 0 }
        // Rounded up, since waking early would spin until the deadline.
        return Int32(clamping: (first.timer.deadline - now + 999_999) / 1_000_000)
    }

    private func control(
        _ operation: Int32, _ fd: Int32, _ interest: Readiness, _ generation: UInt32
    ) throws(SystemError) {
        var event = epoll_event()
        event.events = interest.rawValue
        event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: fd))
        guard epoll_ctl(epoll.rawValue, operation, fd, &event) == 0 else {
            throw SystemError(operation: "epoll_ctl", path: nil, errno: errno)
        }
    }
}
