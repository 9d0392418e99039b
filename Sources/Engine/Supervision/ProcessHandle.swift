import Glibc
import LinuxSystem

/// A process that is known by its pid and by the program it runs, held so that the pid cannot be reused unnoticed.
struct ProcessHandle: ~Copyable {
    private let process: ProcessDescriptor

    /// Nil when there is no such process, or when it runs another program.
    init?(pid: pid_t, program: String) {
        guard let process = try? ProcessDescriptor(pid: pid), let running = Self.program(of: pid) else { return nil }
        // A program that was replaced on disk goes on as a deleted one.
        guard running == program || running == program + " (deleted)" else { return nil }
        self.process = process
    }

    /// Asks the process to end, and ends it when it does not.
    func terminate(atMost seconds: Int) throws(SystemError) {
        try process.send(signal: SIGTERM)
        if hasEnded(within: seconds) { return }
        try process.send(signal: SIGKILL)
        guard hasEnded(within: seconds) else {
            throw SystemError(operation: "wait for process", path: nil, errno: ETIMEDOUT)
        }
    }

    private func hasEnded(within seconds: Int) -> Bool {
        var event = pollfd(fd: process.descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        var result: Int32
        repeat {
            result = poll(&event, 1, Int32(seconds * 1000))
        } while result < 0 && errno == EINTR
        return result > 0
    }

    static func program(of pid: pid_t) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes -> Int in
            guard let base = bytes.baseAddress else { return -1 }
            return readlink("/proc/\(pid)/exe", base, bytes.count)
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
