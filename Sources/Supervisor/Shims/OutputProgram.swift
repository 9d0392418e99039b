internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Synchronization
internal import TTRPC

/// A short-lived program whose output is of interest, followed without blocking a thread.
final class OutputProgram: Sendable {
    private static let longestOutput = 1 << 20

    private struct State {
        var output: [UInt8] = []
        var continuation: CheckedContinuation<([UInt8], ExitStatus), any Error>?
    }

    private let name: String
    private let process: ProcessDescriptor
    private let output: Descriptor
    private let state = Mutex(State())

    init(
        _ program: String, _ arguments: [String], directory: String, environment: [String: String], mergesErrors: Bool
    ) throws(SystemError) {
        var ends: (Int32, Int32) = (-1, -1)
        try systemCall("pipe") {
            withUnsafeMutablePointer(to: &ends) {
                $0.withMemoryRebound(to: Int32.self, capacity: 2) { linux_pipe2($0, O_CLOEXEC) }
            }
        }
        output = Descriptor(owning: ends.0)
        let writing = Descriptor(owning: ends.1)
        _ = linux_fcntl(ends.0, F_SETFL, Int(O_NONBLOCK))
        let null = try Descriptor.open("/dev/null", O_RDWR)
        name = program
        let pid = try Spawn.start(
            program, arguments,
            descriptors: (null.rawValue, writing.rawValue, mergesErrors ? writing.rawValue : 2),
            directory: directory, environment: environment)
        process = try ProcessDescriptor(pid: pid)
    }

    /// Its output and exit status, once it has ended and nobody holds its output open.
    func finish(within limit: Duration, on thread: EventLoopThread) async throws -> ([UInt8], ExitStatus) {
        try await withCheckedThrowingContinuation { continuation in
            state.withLock { $0.continuation = continuation }
            thread.execute { [self] loop in follow(loop, limit) }
        }
    }

    private func follow(_ loop: EventLoop, _ limit: Duration) {
        let timer = loop.schedule(after: UInt64(limit.nanoseconds)) { [self] in
            try? process.send(signal: SIGKILL)
            loop.deregister(output.rawValue)
            end(.failure(SupervisorError.system("\(name) took too long and was killed")))
        }
        do throws(SystemError) {
            try loop.register(output.rawValue, .readable) { [self] _ in
                guard readOutput() else { return }
                loop.deregister(output.rawValue)
                awaitExit(loop, timer)
            }
        } catch {
            end(.failure(error))
        }
    }

    /// True at the end of the output.
    private func readOutput() -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            let count = read(output.rawValue, buffer.baseAddress, buffer.count)
            guard count > 0 else { return count == 0 || (errno != EAGAIN && errno != EINTR) }
            nonisolated(unsafe) let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            state.withLock { state in
                if state.output.count < OutputProgram.longestOutput { state.output.append(contentsOf: bytes) }
            }
            return false
        }
    }

    private func awaitExit(_ loop: EventLoop, _ timer: EventLoop.Timer) {
        let fd = process.descriptor.rawValue
        do throws(SystemError) {
            try loop.register(fd, .readable) { [self] _ in
                loop.deregister(fd)
                loop.cancel(timer)
                do throws(SystemError) {
                    let status = try process.wait() ?? .exited(code: 255)
                    end(.success(status))
                } catch {
                    end(.failure(error))
                }
            }
        } catch {
            end(.failure(error))
        }
    }

    private func end(_ result: Result<ExitStatus, any Error>) {
        let (continuation, output) = state.withLock { state in
            defer { state.continuation = nil }
            return (state.continuation, state.output)
        }
        continuation?.resume(with: result.map { (output, $0) })
    }
}
