import CLinux
import Glibc
internal import LinuxSystem

/// Stays with a process until it ends: passes on signals, and the terminal where it has one.
struct Foreground: ~Copyable {
    private let signals: Descriptor
    private var relay: TerminalRelay?
    /// The end that the process sends its terminal over; -1 without.
    let terminalSocket: Int32

    /// Signals are blocked from here on, so that none is lost before there is somebody to pass it on to.
    init(hasTerminal: Bool) throws(RuntimeError) {
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

    consuming func wait(for process: borrowing ProcessDescriptor) throws(RuntimeError) -> ExitStatus {
        var failure: RuntimeError?
        var status: ExitStatus?
        do {
            if terminalSocket >= 0 { close(terminalSocket) }
            try relay?.begin()
            status = try loop(process)
            relay?.finish()
        } catch {
            relay?.finish()
            failure = RuntimeError(error)
        }
        if let failure { throw failure }
        guard let status else { throw .other("the process's end was missed") }
        return status
    }

    private mutating func loop(_ process: borrowing ProcessDescriptor) throws -> ExitStatus {
        let epoll = try Epoll()
        try epoll.add(signals.rawValue, events: EPOLLIN.rawValue, token: 0)
        try epoll.add(process.descriptor.rawValue, events: EPOLLIN.rawValue, token: 1)
        try relay?.watch(epoll)
        while true {
            var ended = false
            try epoll.wait { token, _ in
                switch token {
                case 0: try pass(process)
                case 1: ended = true
                default: relay?.copy(token)
                }
            }
            relay?.unwatchClosed(epoll)
            if ended, let status = try process.wait() { return status }
        }
    }

    private mutating func pass(_ process: borrowing ProcessDescriptor) throws {
        guard let signal = try signals.nextSignal().map({ Int32($0.ssi_signo) }) else { return }
        switch signal {
        case SIGCHLD, SIGURG, SIGPIPE, SIGTTIN, SIGTTOU: return
        case SIGWINCH:
            if relay != nil { relay?.copySize() } else { try? process.send(signal: signal) }
        default: try? process.send(signal: signal)
        }
    }
}
