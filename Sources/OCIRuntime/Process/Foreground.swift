import CLinux
import CLinux
import Glibc
internal import LinuxSystem

/// Stays with a process until it ends: passes on signals, and the terminal where it has one.
struct Foreground: ~Copyable {
    private let signals: Descriptor
    private var relay: TerminalRelay?
    private let reapsOrphans: Bool
    /// The end that the process sends its terminal over; -1 without.
    let terminalSocket: Int32

    /// Signals are blocked from here on, so that none is lost before there is somebody to pass it on to.
    ///
    /// - Parameter reapsOrphans: Whether processes whose parents ended become this process's children.
    init(hasTerminal: Bool, reapsOrphans: Bool = false) throws(RuntimeError) {
        self.reapsOrphans = reapsOrphans
        if reapsOrphans { linux_prctl(Int32(PR_SET_CHILD_SUBREAPER), 1, 0, 0, 0) }
        do throws(SystemError) {
            let all = SignalSet.all
            try all.block()
            let signals = try Descriptor.signals(all)
            if hasTerminal {
                let ends = try Descriptor.socketPair(type: Int32(SOCK_STREAM.rawValue)).release()
                terminalSocket = ends.writing
                relay = TerminalRelay(receivingFrom: ends.reading)
            } else {
                terminalSocket = -1
                relay = nil
            }
            self.signals = signals
        } catch {
            throw .system(doing: "watch signals", error)
        }
    }

    /// - Parameters:
    ///   - pid: The process's id; orphans are told from it.
    ///   - notifySocket: Where the container says that it is ready.
    consuming func wait(
        for process: borrowing ProcessDescriptor, pid: Int32 = 0, notifySocket: consuming NotifySocket? = nil
    ) throws(RuntimeError) -> ExitStatus {
        var failure: RuntimeError?
        var status: ExitStatus?
        do {
            if terminalSocket >= 0 { close(terminalSocket) }
            try relay?.begin()
            status = try loop(process, pid, notifySocket)
            relay?.finish()
        } catch {
            relay?.finish()
            failure = RuntimeError(error)
        }
        if let failure { throw failure }
        guard let status else { throw .other("the process's end was missed") }
        return status
    }

    private mutating func loop(
        _ process: borrowing ProcessDescriptor, _ pid: Int32, _ notifySocket: borrowing NotifySocket?
    ) throws -> ExitStatus {
        let epoll = try Epoll()
        try epoll.add(signals.rawValue, events: EPOLLIN.rawValue, token: 0)
        try epoll.add(process.descriptor.rawValue, events: EPOLLIN.rawValue, token: 1)
        try relay?.watch(epoll)
        try notifySocket?.watch(epoll)
        while true {
            var ended = false
            try epoll.wait { token, _ in
                switch token {
                case 0: try pass(process, pid)
                case 1: ended = true
                case NotifySocket.token: try? notifySocket?.passOn(pid: pid, epoll)
                default: relay?.copy(token)
                }
            }
            relay?.unwatchClosed(epoll)
            if ended, let status = try process.wait() { return status }
        }
    }

    private mutating func pass(_ process: borrowing ProcessDescriptor, _ pid: Int32) throws {
        guard let signal = try signals.nextSignal().map({ Int32($0.ssi_signo) }) else { return }
        switch signal {
        case SIGCHLD: if reapsOrphans { Self.reap(except: pid) }
        case SIGURG, SIGPIPE, SIGTTIN, SIGTTOU: return
        case SIGWINCH:
            if relay != nil { relay?.copySize() } else { try? process.send(signal: signal) }
        default: try? process.send(signal: signal)
        }
    }
    /// Orphans that ended; the process itself is left to `loop`.
    private static func reap(except pid: Int32) {
        while true {
            var info = siginfo_t()
            guard waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 else { return }
            let ended = info._sifields._sigchld.si_pid
            guard ended > 0, ended != pid else { return }
            waitpid(ended, nil, WNOHANG)
        }
    }
}
