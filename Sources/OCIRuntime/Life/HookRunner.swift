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
        for hook in hooks {
            do { try run(hook, input: input) } catch let error as RuntimeError {
                throw .hook(point: point, path: hook.path, problem: "\(error)")
            } catch {
                throw .hook(point: point, path: hook.path, problem: "\(error)")
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
        var descriptor: Int32 = -1
        let pid = try systemCall("fork for hook") { linux_clone3(0, &descriptor, SIGCHLD, -1) }
        if pid == 0 { Self.execute(hook, standardInput.rawValue, output.rawValue) }
        let process = ProcessDescriptor(owning: descriptor)
        let deadline = hook.timeout.map { Deadline.after(milliseconds: Int64($0) * 1000) } ?? .never
        if try !process.awaitExit(deadline: deadline) {
            try? process.send(signal: SIGKILL)
            _ = try process.wait()
            throw RuntimeError.other("hook ran past specified timeout of \(hook.timeout ?? 0)s")
        }
        guard let status = try process.wait(), status != .exited(code: 0) else { return }
        lseek(output.rawValue, 0, SEEK_SET)
        let text = String(decoding: (try? output.readToEnd(limit: 1 << 16)) ?? [], as: UTF8.self)
        throw RuntimeError.other("exit status \(status.shellCode), stdout and stderr: \(text)")
    }

    private static func execute(_ hook: Hook, _ input: Int32, _ output: Int32) -> Never {
        linux_signals_reset()
        dup2(input, 0)
        dup2(output, 1)
        dup2(output, 2)
        linux_close_range(3, .max, UInt32(CLOSE_RANGE_CLOEXEC))
        let arguments = hook.args.isEmpty ? [hook.path] : hook.args
        let failure = CStringArray.with(arguments) { arguments in
            CStringArray.with(hook.env) { environment in
                execve(hook.path, arguments, environment)
                return errno
            }
        }
        let text = "exec \(hook.path): \(SystemError.text(of: failure))"
        _ = text.utf8.withContiguousStorageIfAvailable { write(2, $0.baseAddress, $0.count) }
        _exit(127)
    }
}
