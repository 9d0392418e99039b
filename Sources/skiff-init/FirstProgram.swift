import CLinux
import Glibc
import LinuxSystem

/// Runs one program as a container's first process should: signals go on to it, orphans are reaped, its exit code
/// becomes the container's.
struct FirstProgram {
    private let arguments: [String]
    private let signalsGroup: Bool

    /// - Parameter signalsGroup: Whether signals go to the program's process group, not to it alone.
    init(_ arguments: [String], signalsGroup: Bool) {
        self.arguments = arguments
        self.signalsGroup = signalsGroup
    }

    /// Signals that tell of a fault of this process itself, or are the terminal's business.
    private static let own: Set<Int32> = [
        SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGSYS, SIGTTIN, SIGTTOU,
    ]

    /// Answers the program's exit code, 128 plus the signal's number where one killed it.
    func run() throws(SystemError) -> Int32 {
        let watched = SignalSet((1...64).map { Int32($0) }.filter { !Self.own.contains($0) })
        let before = try watched.block()
        for signal in [SIGTTIN, SIGTTOU] { linux_signal_ignore(signal) }
        try systemCall("set subreaper") { linux_prctl(Int32(PR_SET_CHILD_SUBREAPER), 1, 0, 0, 0) }
        let signals = try Descriptor.signals(watched)
        let pid = try systemCall("fork") { linux_fork() }
        if pid == 0 { execute(before) }
        while true {
            if let status = try reap(pid) { return status.shellCode }
            guard let signal = try signals.nextSignal().map({ Int32($0.ssi_signo) }), signal != SIGCHLD else {
                continue
            }
            // A program that is gone meanwhile is reaped next.
            _ = kill(signalsGroup ? -pid : pid, signal)
        }
    }

    /// Reaps everything that ended; the program's own end is the answer.
    private func reap(_ pid: Int32) throws(SystemError) -> ExitStatus? {
        var result: ExitStatus?
        while true {
            var status: Int32 = 0
            let ended = waitpid(-1, &status, WNOHANG)
            if ended == pid { result = ExitStatus(waitStatus: status) }
            if ended > 0 || (ended < 0 && errno == EINTR) { continue }
            return result
        }
    }

    /// In the child: a process group of its own, which gets the terminal, then the program.
    private func execute(_ before: SignalSet) -> Never {
        setpgid(0, 0)
        tcsetpgrp(0, getpid())
        for signal in [SIGTTIN, SIGTTOU] { linux_signal_default(signal) }
        try? before.install()
        var pointers = arguments.map { strdup($0) } + [nil]
        execvp(arguments[0], &pointers)
        let reason = errno
        Self.complain("exec \(arguments[0]) failed: \(SystemError.text(of: reason))")
        _exit(reason == ENOENT ? 127 : 126)
    }

    static func complain(_ message: String) {
        var text = "[skiff-init] \(message)\n"
        text.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
    }
}
