import CLinux
import Glibc

/// A process by descriptor (pidfd): a number that is used again cannot be mistaken for it.
package struct ProcessDescriptor: ~Copyable, Sendable {
    package let descriptor: Descriptor

    /// Takes ownership of a pidfd, as clone3 answers it.
    package init(owning rawValue: Int32) { descriptor = Descriptor(owning: rawValue) }

    /// pidfd_open(2); a process that is gone is ESRCH.
    package init(pid: Int32) throws(SystemError) {
        do throws(SystemError) {
            descriptor = Descriptor(owning: try systemCall("pidfd_open", "\(pid)") { linux_pidfd_open(pid, 0) })
        } catch {
            // What is just being reaped still has its number, and is no process any more.
            let isGone = error.errno == EINVAL && pid > 0
            throw isGone ? SystemError(operation: error.operation, path: error.path, errno: ESRCH) : error
        }
    }

    /// Gives up ownership without closing.
    package consuming func release() -> Int32 { descriptor.release() }

    /// pidfd_send_signal(2).
    package func send(signal: Int32) throws(SystemError) {
        try systemCall("kill") { linux_pidfd_send_signal(descriptor.rawValue, signal) }
    }

    /// setns(2) into several namespaces of the process at once.
    package func enter(namespaces flags: Int32) throws(SystemError) {
        try systemCall("setns") { linux_setns(descriptor.rawValue, flags) }
    }

    /// Waits for a child's end; `nil` where it still runs and `options` has WNOHANG.
    package func wait(options: Int32 = 0) throws(SystemError) -> ExitStatus? {
        var code: Int32 = 0
        var status: Int32 = 0
        try systemCall("wait") { linux_pidfd_wait(descriptor.rawValue, WEXITED | options, &code, &status) }
        guard code != 0 else { return nil }
        return code == Int32(CLD_EXITED) ? .exited(code: status) : .signaled(status)
    }
}

/// How a process ended.
package enum ExitStatus: Equatable, Sendable {
    case exited(code: Int32)
    case signaled(Int32)

    /// From what waitpid(2) reports.
    package init(waitStatus: Int32) {
        self =
            linux_wait_exited(waitStatus) != 0
            ? .exited(code: linux_wait_exit_status(waitStatus)) : .signaled(linux_wait_signal(waitStatus))
    }

    /// The code a shell reports: 128 plus the signal's number.
    package var shellCode: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
