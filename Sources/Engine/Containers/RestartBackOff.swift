package import EngineAPI

/// How long to wait before a container is started again: 100 ms, doubled each time up to a minute, and anew when it
/// ran for ten seconds.
package struct RestartBackOff: Sendable {
    private var delay = Duration.zero

    package init() {}

    package mutating func next(ranFor duration: Duration) -> Duration {
        if duration >= .seconds(10) { delay = .zero }
        delay = delay == .zero ? .milliseconds(100) : min(delay * 2, .seconds(60))
        return delay
    }

    package mutating func reset() {
        delay = .zero
    }
}

extension RestartPolicy {
    /// Whether a container that ended is started again.
    package func restarts(exitCode: Int, count: Int, stoppedByUser: Bool) -> Bool {
        guard !stoppedByUser else { return false }
        switch name {
        case "always", "unless-stopped": return true
        case "on-failure": return exitCode != 0 && (maximumRetryCount == 0 || count < maximumRetryCount)
        default: return false
        }
    }
}
