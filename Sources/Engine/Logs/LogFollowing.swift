// Dispatch sources may be used from any thread; the module does not say so.
@preconcurrency import Dispatch
import Glibc

/// The watches that wake one follower.
final class LogFollowing: Sendable {
    let waiter = LogWaiter()
    private let watch: DirectoryMonitor.Watch
    private let signal: LogStopSignal?
    private let signalKey: Int?
    private let timer: WallClockTimer?

    init(_ path: String, _ options: LogReaderOptions, monitor: DirectoryMonitor) throws {
        let slash = path.lastIndex(of: "/")
        let waiter = waiter
        watch = try monitor.watch(
            directory: slash.map { String(path[..<$0]) } ?? ".",
            name: slash.map { String(path[path.index(after: $0)...]) } ?? path
        ) { waiter.wake() }
        signal = options.follow
        signalKey = options.follow?.onRaise { waiter.wake() }
        // With `until` the wait ends at that time, even if no line comes after it.
        timer = options.until.map { until in WallClockTimer(at: until) { waiter.wake() } }
    }

    deinit {
        if let signalKey { signal?.cancel(signalKey) }
        timer?.cancel()
    }
}

/// A timer for a point of wall-clock time.
private final class WallClockTimer: Sendable {
    private let timer: any DispatchSourceTimer

    init(at time: LogTimestamp, _ action: @escaping @Sendable () -> Void) {
        timer = DispatchSource.makeTimerSource()
        let when = timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds))
        timer.schedule(wallDeadline: DispatchWallTime(timespec: when))
        timer.setEventHandler(handler: action)
        timer.activate()
    }

    func cancel() { timer.cancel() }
}
