internal import CTransport
internal import Glibc
public import LinuxSystem

/// An epoll(7) reactor for one thread: it calls handlers when descriptors become ready and when timers fire.
///
/// Not `Sendable`: it belongs to the thread that made it. ``EventLoopThread`` gives others access to one.
public final class EventLoop {
    /// Readiness as epoll reports it, and the interest to register.
    public struct Readiness: OptionSet, Sendable {
        /// The bits of epoll_ctl(2).
        public let rawValue: UInt32
        /// Wraps an epoll event mask.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Bytes or connections can be read (EPOLLIN).
        public static let readable = Readiness(rawValue: 1)
        /// Bytes can be written (EPOLLOUT).
        public static let writable = Readiness(rawValue: 4)
        /// An exceptional condition, such as a cgroup's event (EPOLLPRI).
        public static let priority = Readiness(rawValue: 2)
        /// The peer shut down its writing half.
        public static let peerClosed = Readiness(rawValue: 0x2000)
        /// Always reported; needs no registration.
        public static let hangup = Readiness(rawValue: 16)
        /// Always reported; needs no registration.
        public static let error = Readiness(rawValue: 8)
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
        let fd = transport_epoll_create()
        guard fd >= 0 else { throw SystemError(operation: "epoll_create1", errno: errno) }
        epoll = Descriptor(owning: fd)
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
        try control(Int32(TRANSPORT_EPOLL_ADD), fd, interest, generation)
        registrations[fd] = Registration(generation: generation, handler: handler)
    }

    /// Changes what a registered descriptor's handler is called for.
    public func modify(_ fd: Int32, _ interest: Readiness) throws(SystemError) {
        guard let registration = registrations[fd] else { return }
        try control(Int32(TRANSPORT_EPOLL_MODIFY), fd, interest, registration.generation)
    }

    /// Ends a registration; does nothing when there is none.
    public func deregister(_ fd: Int32) {
        guard registrations.removeValue(forKey: fd) != nil else { return }
        _ = transport_epoll_control(epoll.rawValue, Int32(TRANSPORT_EPOLL_DELETE), fd, 0, 0)
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
        var tokens = InlineArray<16, UInt64>(repeating: 0)
        var masks = InlineArray<16, UInt32>(repeating: 0)
        let count = wait(&tokens, &masks)
        if count < 0, errno != EINTR { throw SystemError(operation: "epoll_wait", errno: errno) }
        for index in 0..<max(0, count) where !isStopped {
            let fd = Int32(truncatingIfNeeded: tokens[index] & 0xffff_ffff)
            guard let registration = registrations[fd],
                UInt64(registration.generation) == tokens[index] >> 32
            else { continue }
            registration.handler(Readiness(rawValue: masks[index]))
        }
        fireTimers()
    }

    private func wait(_ tokens: inout InlineArray<16, UInt64>, _ masks: inout InlineArray<16, UInt32>) -> Int {
        var tokens = tokens.mutableSpan
        var masks = masks.mutableSpan
        return tokens.withUnsafeMutableBufferPointer { tokens in
            masks.withUnsafeMutableBufferPointer { masks in
                Int(
                    transport_epoll_wait(
                        epoll.rawValue, tokens.baseAddress, masks.baseAddress, 16, millisecondsToTimer()))
            }
        }
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
        let token = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: fd))
        let code = transport_epoll_control(
            epoll.rawValue, operation, fd, interest.rawValue, token)
        guard code == 0 else {
            throw SystemError(operation: "epoll_ctl", errno: errno)
        }
    }
}
