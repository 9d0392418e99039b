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
    /// Programs that serve streams; they name no child of ours.
    private var servants = 0
    /// Called when the last program has ended.
    var onIdle: () -> Void = {}
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
            if isIdle { onIdle() }
        }
    }

    var isIdle: Bool { programs == 0 && servants == 0 }

    /// Starts a program that takes output, with descriptors from 3 on and more environment; answers its process id.
    func runServant(
        _ program: String, _ arguments: [String], descriptors: (Int32, Int32, Int32), extra: [Int32] = [],
        environment: [String: String] = [:], completion: @escaping (ExitStatus) -> Void
    ) throws(SystemError) -> Int32 {
        let pid = try Spawn.start(
            program, arguments, descriptors: descriptors, extra: extra, environment: environment)
        servants += 1
        waiting[pid] = { [unowned self] status in
            servants -= 1
            completion(status)
            if isIdle { onIdle() }
        }
        return pid
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
