import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

/// Runs hooks: each gets the container's state on its standard input (runtime.md, lifecycle).
struct HookRunner {
    let state: State

    func run(_ hooks: [Hook], point: String) throws(RuntimeError) {
        guard !hooks.isEmpty else { return }
        let input = try doing("encode the state for hooks") { try OCIJSON.encode(state) }
        for (index, hook) in hooks.enumerated() {
            do { try run(hook, input: input) } catch {
                throw .hook(point: point, index: index, path: hook.path, problem: "\(error)")
            }
        }
    }

    /// Runs hooks whose failure is only worth a warning.
    func runForgiving(_ hooks: [Hook], point: String, log: RuntimeLog) {
        for hook in hooks {
            do { try run([hook], point: point) } catch { log.warn("\(error)") }
        }
    }

    private func run(_ hook: Hook, input: [UInt8]) throws {
        // The state goes through a file in memory: a hook that reads nothing must not block anybody.
        let standardInput = try Descriptor.memory(name: "state", flags: 0)
        try standardInput.write(all: input)
        try systemCall("seek") { lseek(standardInput.rawValue, 0, SEEK_SET) }
        let output = try Descriptor.memory(name: "hook-output", flags: 0)
        let errors = try Descriptor.memory(name: "hook-errors", flags: 0)
        let failure = try Descriptor.memory(name: "hook-failure", flags: 0)
        var descriptor: Int32 = -1
        let pid = try systemCall("fork for hook") { linux_clone3(0, &descriptor, SIGCHLD, -1) }
        if pid == 0 {
            Self.execute(
                hook, (standardInput.rawValue, output.rawValue, errors.rawValue), failure: failure.rawValue)
        }
        let process = ProcessDescriptor(owning: descriptor)
        let deadline = hook.timeout.map { Deadline.after(milliseconds: Int64($0) * 1000) } ?? .never
        if try !process.awaitExit(deadline: deadline) {
            try? process.send(signal: SIGKILL)
            _ = try process.wait()
            throw RuntimeError.other("hook ran past specified timeout of \(hook.timeout ?? 0).0s")
        }
        guard let status = try process.wait(), status != .exited(code: 0) else { return }
        let reason = Self.text(failure)
        guard reason.isEmpty else { throw RuntimeError.other(reason) }
        throw RuntimeError.other(
            "\(Self.words(status)), stdout: \(Self.text(output)), stderr: \(Self.text(errors))")
    }

    private static func words(_ status: ExitStatus) -> String {
        switch status {
        case .exited(let code): "exit status \(code)"
        case .signaled(let signal):
            "signal: \(strsignal(signal).map { String(cString: $0).lowercased() } ?? "\(signal)")"
        }
    }

    private static func text(_ file: borrowing Descriptor) -> String {
        lseek(file.rawValue, 0, SEEK_SET)
        return String(decoding: (try? file.readToEnd(limit: 1 << 16)) ?? [], as: UTF8.self)
    }

    private static func execute(
        _ hook: Hook, _ streams: (input: Int32, output: Int32, errors: Int32), failure: Int32
    ) -> Never {
        linux_signals_reset()
        // Above the standard streams first, which may be among the numbers.
        let (input, output, errors) = (above(streams.input), above(streams.output), above(streams.errors))
        let report = above(failure)
        dup2(input, 0)
        dup2(output, 1)
        dup2(errors, 2)
        linux_close_range(3, .max, UInt32(CLOSE_RANGE_CLOEXEC))
        let arguments = hook.args.isEmpty ? [hook.path] : hook.args
        let reason = CStringArray.with(arguments) { arguments in
            CStringArray.with(hook.env) { environment in
                execve(hook.path, arguments, environment)
                return errno
            }
        }
        RuntimeLog.print("fork/exec \(hook.path): \(SystemError.text(of: reason))", to: report)
        _exit(127)
    }

    private static func above(_ number: Int32) -> Int32 {
        number > 2 ? number : linux_fcntl(number, Int32(LINUX_F_DUPFD_CLOEXEC), 3)
    }
}
