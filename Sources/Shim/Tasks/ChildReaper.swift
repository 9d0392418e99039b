internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// Starts programs and learns of the end of every child, also of those that became ours as their subreaper.
final class ChildReaper {
    private let signals: Descriptor
    private var waiting: [Int32: (ExitStatus) -> Void] = [:]
    /// Children that ended before anybody asked for them, kept while a program that may name them is running.
    private var unclaimed: [Int32: ExitStatus] = [:]
    private var programs = 0
    private var started = 0

    /// SIGCHLD is blocked and arrives through the loop.
    init(loop: EventLoop) throws(SystemError) {
        let set = SignalSet([SIGCHLD])
        try set.block()
        signals = try .signals(set, flags: O_NONBLOCK)
        try loop.register(signals.rawValue, .readable) { [unowned self] _ in reap() }
    }

    /// Calls `completion` when the child has ended, at once if it has already.
    func watch(_ pid: Int32, _ completion: @escaping (ExitStatus) -> Void) {
        if let status = unclaimed.removeValue(forKey: pid) { return completion(status) }
        waiting[pid] = completion
    }

    /// A number that no other program of this shim has.
    func nextNumber() -> Int {
        started += 1
        return started
    }

    /// Starts a program with these standard descriptors and calls `completion` with its exit status.
    func run(
        _ program: String, _ arguments: [String], stdin: Int32, stdout: Int32, stderr: Int32,
        completion: @escaping (ExitStatus) -> Void
    ) throws(SystemError) {
        let pid = try Spawn.start(program, arguments, descriptors: (stdin, stdout, stderr))
        programs += 1
        waiting[pid] = { [unowned self] status in
            programs -= 1
            completion(status)
            if programs == 0 { unclaimed = [:] }
        }
    }

    private func reap() {
        while let signal = try? signals.nextSignal() { _ = signal }
        var ended: [(Int32, ExitStatus)] = []
        var status: Int32 = 0
        while true {
            let pid = waitpid(-1, &status, WNOHANG)
            guard pid > 0 else { break }
            ended.append((pid, ExitStatus(waitStatus: status)))
        }
        // All are known before anything acts on one, since a container's end can arrive with its runtime's.
        let claimed = ended.map { ($0, waiting.removeValue(forKey: $0.0)) }
        for ((pid, status), completion) in claimed where completion == nil && programs > 0 { unclaimed[pid] = status }
        for ((_, status), completion) in claimed { completion?(status) }
    }
}
