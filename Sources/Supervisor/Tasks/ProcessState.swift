/// Where a process stands in its life. Illegal steps are refused, so that a late or doubled report changes nothing.
package enum ProcessState: Equatable, Sendable {
    package struct Exit: Equatable, Sendable, Codable {
        /// The exit code, or 128 + the signal's number.
        package var status: UInt32
        package var at: Moment

        package init(status: UInt32, at: Moment) {
            self.status = status
            self.at = at
        }
    }

    case created(pid: UInt32)
    /// The shim is starting it; an end that is reported meanwhile is kept until the start is answered.
    case starting(pid: UInt32, early: Exit?)
    case running(pid: UInt32, since: Moment)
    case stopped(pid: UInt32, since: Moment?, Exit)

    package var pid: UInt32 {
        switch self {
        case .created(let pid), .starting(let pid, _), .running(let pid, _), .stopped(let pid, _, _): pid
        }
    }

    package var exit: Exit? {
        if case .stopped(_, _, let exit) = self { exit } else { nil }
    }

    package var startedAt: Moment? {
        switch self {
        case .running(_, let since): since
        case .stopped(_, let since, _): since
        case .created, .starting: nil
        }
    }

    /// Begins a start; false when it is started already.
    package mutating func beginStart() -> Bool {
        guard case .created(let pid) = self else { return false }
        self = .starting(pid: pid, early: nil)
        return true
    }

    /// The start was answered. Answers an end that came before the answer.
    package mutating func started(pid: UInt32, at moment: Moment) -> Exit? {
        guard case .starting(_, let early) = self else { return nil }
        self = .running(pid: pid, since: moment)
        return early
    }

    /// The start failed. Answers an end that came meanwhile.
    package mutating func startFailed() -> Exit? {
        guard case .starting(let pid, let early) = self else { return nil }
        self = .created(pid: pid)
        return early
    }

    /// An end was reported. True when it is news and may be told now.
    package mutating func ended(_ exit: Exit) -> Bool {
        switch self {
        case .starting(let pid, nil):
            self = .starting(pid: pid, early: exit)
            return false
        case .starting, .stopped:
            return false
        case .created(let pid):
            self = .stopped(pid: pid, since: nil, exit)
            return true
        case .running(let pid, let since):
            self = .stopped(pid: pid, since: since, exit)
            return true
        }
    }
}
