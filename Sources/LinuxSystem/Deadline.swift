import CLinux
import Glibc

/// A point in time on the monotonic clock that ends a wait.
package struct Deadline: Sendable, Comparable {
    /// Nanoseconds since an unspecified start; `Int64.max` is never.
    package let nanoseconds: Int64

    package static let never = Deadline(nanoseconds: .max)

    package static func after(milliseconds: Int64) -> Deadline { Deadline(nanoseconds: now + milliseconds * 1_000_000) }

    /// Nanoseconds left, none below 0.
    package var remaining: Int64 { self == .never ? .max : max(0, nanoseconds - Self.now) }

    package var isOver: Bool { remaining == 0 }

    package static func < (left: Deadline, right: Deadline) -> Bool { left.nanoseconds < right.nanoseconds }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension Descriptor {
    /// Waits for poll(2) events; false where the deadline came first.
    package func awaitEvents(_ events: Int16, deadline: Deadline = .never) throws(SystemError) -> Bool {
        while true {
            var entry = pollfd(fd: rawValue, events: events, revents: 0)
            let left = deadline.remaining
            // Rounded up, so that the wait does not spin through the last millisecond.
            let milliseconds = deadline == .never ? -1 : Int32(min(left / 1_000_000 + 1, Int64(Int32.max)))
            if try systemCall("poll", nil, { poll(&entry, 1, left == 0 ? 0 : milliseconds) }) > 0 { return true }
            if deadline.isOver { return false }
        }
    }
}

extension ProcessDescriptor {
    /// Waits for the process's end, whoever's child it is; false where the deadline came first.
    package func awaitExit(deadline: Deadline) throws(SystemError) -> Bool {
        try descriptor.awaitEvents(Int16(POLLIN), deadline: deadline)
    }
}
