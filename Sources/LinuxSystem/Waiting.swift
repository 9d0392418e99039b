package import CLinux
import Glibc

/// epoll(7).
package struct Epoll: ~Copyable, Sendable {
    package let descriptor: Descriptor

    package init() throws(SystemError) {
        descriptor = Descriptor(owning: try systemCall("epoll_create") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    }

    /// Watches a descriptor; `token` comes back with its events.
    package func add(_ fd: Int32, events: UInt32, token: UInt64) throws(SystemError) {
        try control(EPOLL_CTL_ADD, fd, events, token)
    }

    package func modify(_ fd: Int32, events: UInt32, token: UInt64) throws(SystemError) {
        try control(EPOLL_CTL_MOD, fd, events, token)
    }

    package func remove(_ fd: Int32) throws(SystemError) { try control(EPOLL_CTL_DEL, fd, 0, 0) }

    private func control(_ command: Int32, _ fd: Int32, _ events: UInt32, _ token: UInt64) throws(SystemError) {
        var event = epoll_event(events: events, data: epoll_data_t(u64: token))
        try systemCall("epoll_ctl", "fd \(fd)") { epoll_ctl(descriptor.rawValue, command, fd, &event) }
    }

    /// Waits at most `milliseconds` (-1: for ever) and hands each event to `body`; returns how many there were.
    @discardableResult
    package func wait(
        milliseconds: Int32 = -1, _ body: (_ token: UInt64, _ events: UInt32) throws -> Void
    ) throws -> Int {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        let count = try systemCall("epoll_wait") {
            epoll_wait(descriptor.rawValue, &events, Int32(events.count), milliseconds)
        }
        for event in events.prefix(Int(count)) { try body(event.data.u64, event.events) }
        return Int(count)
    }
}

extension Descriptor {
    /// eventfd(2).
    package static func event(flags: Int32 = 0) throws(SystemError) -> Descriptor {
        Descriptor(owning: try systemCall("eventfd") { eventfd(0, flags | Int32(EFD_CLOEXEC)) })
    }

    /// signalfd(2); the signals should be blocked, see `SignalSet.block`.
    package static func signals(_ set: SignalSet, flags: Int32 = 0) throws(SystemError) -> Descriptor {
        var mask = set.mask
        return Descriptor(
            owning: try systemCall("signalfd") { signalfd(-1, &mask, flags | Int32(SFD_CLOEXEC)) })
    }

    /// The next pending signal of a signalfd; `nil` where there is none and it does not block.
    package func nextSignal() throws(SystemError) -> signalfd_siginfo? {
        var info = signalfd_siginfo()
        do {
            let count = try withUnsafeMutableBytes(of: &info) { buffer throws(SystemError) in try read(into: buffer) }
            return count == MemoryLayout<signalfd_siginfo>.size ? info : nil
        } catch  where error.errno == EAGAIN {
            return nil
        }
    }

    /// timerfd_create(2) on the monotonic clock.
    package static func timer(flags: Int32 = 0) throws(SystemError) -> Descriptor {
        Descriptor(
            owning: try systemCall("timerfd_create") {
                timerfd_create(CLOCK_MONOTONIC, flags | Int32(TFD_CLOEXEC))
            })
    }

    /// Arms a timerfd to fire once after some nanoseconds; 0 disarms it.
    package func arm(nanoseconds: Int64) throws(SystemError) {
        var setting = itimerspec()
        setting.it_value = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        try systemCall("timerfd_settime") { timerfd_settime(rawValue, 0, &setting, nil) }
    }
}

/// A set of signals.
package struct SignalSet: Sendable {
    fileprivate(set) var mask = sigset_t()

    package init(_ signals: [Int32]) {
        sigemptyset(&mask)
        for signal in signals { sigaddset(&mask, signal) }
    }

    /// Every signal.
    package static var all: SignalSet {
        var set = SignalSet([])
        sigfillset(&set.mask)
        return set
    }

    /// Blocks the signals in this thread and answers what was blocked before.
    @discardableResult
    package func block() throws(SystemError) -> SignalSet {
        var before = SignalSet([])
        var mask = self.mask
        try systemCall("sigprocmask") { sigprocmask(SIG_BLOCK, &mask, &before.mask) }
        return before
    }

    /// Makes this the set of blocked signals.
    package func install() throws(SystemError) {
        var mask = self.mask
        try systemCall("sigprocmask") { sigprocmask(SIG_SETMASK, &mask, nil) }
    }
}
