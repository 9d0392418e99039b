import Glibc
package import LinuxSystem

/// Signals as readable events: blocked for the process and read from a descriptor.
///
/// They stay blocked when the queue goes: a program that has finished its session answers with an exit code,
/// and must not be ended by a signal that was sent to the container's process and came late.
package final class SignalQueue {
    private let queue: Descriptor

    /// Signals that `--sig-proxy` passes on: all but those that cannot or must not be caught.
    package static let forwardable: [Int32] = (1...31).filter { number in
        ![SIGKILL, SIGSTOP, SIGCHLD, SIGPIPE, SIGURG, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP].contains(number)
    }

    /// Signals that would end the program with its terminal in raw mode.
    package static let ending: [Int32] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM]

    package init(_ numbers: [Int32]) throws(SystemError) {
        let set = SignalSet(numbers)
        try set.block()
        queue = try Descriptor.signals(set, flags: O_NONBLOCK)
    }

    package var descriptor: Int32 { queue.rawValue }

    /// The next signal that has arrived, or nil.
    package func next() throws(SystemError) -> Int32? {
        guard let signal = try queue.nextSignal() else { return nil }
        return Int32(signal.ssi_signo)
    }

    /// The name that the engine's `kill` takes.
    static func name(of number: Int32) -> String {
        let names: [Int32: String] = [
            SIGHUP: "HUP", SIGINT: "INT", SIGQUIT: "QUIT", SIGABRT: "ABRT", SIGUSR1: "USR1", SIGUSR2: "USR2",
            SIGALRM: "ALRM", SIGTERM: "TERM", SIGCONT: "CONT", SIGTSTP: "TSTP", SIGTTIN: "TTIN", SIGTTOU: "TTOU",
            SIGXCPU: "XCPU", SIGXFSZ: "XFSZ", SIGVTALRM: "VTALRM", SIGPROF: "PROF", SIGWINCH: "WINCH",
            SIGPOLL: "IO", SIGPWR: "PWR", SIGSYS: "SYS",
        ]
        return names[number] ?? String(number)
    }
}
