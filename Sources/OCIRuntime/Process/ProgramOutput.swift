import CLinux
import Glibc
internal import LinuxSystem

/// Runs a program of the host for what it prints.
enum ProgramOutput {
    /// The standard output and standard error of a program found in `PATH`, which must succeed.
    static func of(_ name: String, _ arguments: [String]) throws(RuntimeError) -> String {
        let program: Program
        do throws(RuntimeError) { program = try Program([name] + arguments, environment: environment()) } catch {
            guard case .program(let text) = error else { throw error }
            throw .other(text)
        }
        return try of(program)
    }

    static func of(_ program: Program) throws(RuntimeError) -> String {
        try doing("run \(program.path)") {
            // A file in memory takes any amount without anybody reading.
            let output = try Descriptor.memory(name: "output", flags: 0)
            let status = try run(program, into: output.rawValue)
            try systemCall("seek") { lseek(output.rawValue, 0, SEEK_SET) }
            let text = String(decoding: try output.readToEnd(), as: UTF8.self)
            guard status == .exited(code: 0) else {
                throw RuntimeError.other("exit status \(status.shellCode): \(text)")
            }
            return text
        }
    }

    private static func run(_ program: Program, into output: Int32) throws(SystemError) -> ExitStatus {
        var descriptor: Int32 = -1
        let pid = try systemCall("fork for \(program.path)") { linux_clone3(0, &descriptor, SIGCHLD, -1) }
        if pid == 0 {
            dup2(output, 1)
            dup2(output, 2)
            do throws(RuntimeError) { try program.execute() } catch { RuntimeLog.print("\(error)\n") }
            _exit(127)
        }
        let process = ProcessDescriptor(owning: descriptor)
        guard let status = try process.wait() else { throw SystemError(operation: "wait", errno: ECHILD) }
        return status
    }

    /// This process's environment.
    static func environment() -> [String] {
        var result: [String] = []
        var next = environ
        while let variable = next.pointee {
            result.append(String(cString: variable))
            next += 1
        }
        return result
    }
}
