package import EngineAPI

/// What `docker ps` says of a container: `Up 5 minutes`, `Exited (0) 2 hours ago`.
package enum StatusText {
    package static func describe(
        status: String, exitCode: Int, startedAt: Timestamp, finishedAt: Timestamp, now: Timestamp = .now
    ) -> String {
        switch status {
        case "running": "Up \(duration(since: startedAt, now))"
        case "paused": "Up \(duration(since: startedAt, now)) (Paused)"
        case "restarting": "Restarting (\(exitCode)) \(duration(since: finishedAt, now)) ago"
        case "removing": "Removal In Progress"
        case "dead": "Dead"
        case "created": "Created"
        default: "Exited (\(exitCode)) \(duration(since: finishedAt, now)) ago"
        }
    }

    /// A time in words, rounded as Docker rounds.
    static func duration(since start: Timestamp, _ now: Timestamp) -> String {
        let seconds = max(0, now.seconds - start.seconds)
        let minutes = seconds / 60
        let hours = Int64((Double(seconds) / 3600).rounded())
        switch seconds {
        case ..<1: return "Less than a second"
        case 1: return "1 second"
        case ..<60: return "\(seconds) seconds"
        default: break
        }
        if minutes == 1 { return "About a minute" }
        if minutes < 60 { return "\(minutes) minutes" }
        if hours == 1 { return "About an hour" }
        if hours < 48 { return "\(hours) hours" }
        if hours < 24 * 7 * 2 { return "\(hours / 24) days" }
        if hours < 24 * 30 * 2 { return "\(hours / 24 / 7) weeks" }
        if hours < 24 * 365 * 2 { return "\(hours / 24 / 30) months" }
        return "\(hours / 24 / 365) years"
    }
}
