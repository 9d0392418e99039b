internal import Glibc

/// Lines of `time level message` on standard error.
struct SupervisorLog: Sendable {
    enum Level: Int, Sendable {
        case debug, info, warn, error

        init(named name: String) {
            switch name {
            case "trace", "debug": self = .debug
            case "warn", "warning": self = .warn
            case "error", "fatal", "panic": self = .error
            default: self = .info
            }
        }
    }

    let minimum: Level

    func callAsFunction(_ level: Level, _ message: @autoclosure () -> String) {
        guard level.rawValue >= minimum.rawValue else { return }
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var seconds = time.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var stamp = [CChar](repeating: 0, count: 32)
        strftime(&stamp, stamp.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        let prefix = stamp.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        let line = Array("time=\(prefix) level=\(level) msg=\"\(message())\"\n".utf8)
        _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }
}
