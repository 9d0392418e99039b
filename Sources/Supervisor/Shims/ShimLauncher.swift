internal import Glibc
internal import LinuxSystem
internal import TTRPC
internal import TaskProtocol

/// Runs a shim program's `start` and `delete`.
struct ShimLauncher: Sendable {
    private static let limit = Duration.seconds(20)
    private static let deletions = 3

    let supervisorAddress: String
    let defaultRuntime: String
    let thread: EventLoopThread

    /// Starts a shim for the bundle and answers the path of its socket.
    func start(_ shim: String, key: TaskKey, bundle: String) async throws -> String {
        let (output, status) = try await run(shim, key, bundle, "start")
        let text = String(decoding: output, as: UTF8.self).trimmed
        guard status == .exited(code: 0) else {
            throw SupervisorError.system(
                "shim \(shim) did not start: \(text.isEmpty ? "it ended with \(status)" : text)")
        }
        guard let path = ShimLauncher.socketPath(text) else {
            throw SupervisorError.system("shim \(shim) answered no address: \(text)")
        }
        return path
    }

    /// Cleans up after a dead shim and answers how its container ended.
    func delete(_ shim: String, key: TaskKey, bundle: String) async throws -> Containerd_Task_V2_DeleteResponse {
        var (output, status) = try await run(shim, key, bundle, "delete")
        // One that was killed, as for want of memory, has left something.
        for _ in 1..<ShimLauncher.deletions {
            guard case .signaled = status else { break }
            (output, status) = try await run(shim, key, bundle, "delete")
        }
        guard status == .exited(code: 0) else {
            throw SupervisorError.system("shim \(shim) delete: \(String(decoding: output, as: UTF8.self).trimmed)")
        }
        return try Containerd_Task_V2_DeleteResponse(serializedBytes: output)
    }

    /// The path in `unix:///path`, or of a plain one.
    static func socketPath(_ address: String) -> String? {
        let path = address.hasPrefix("unix://") ? String(address.dropFirst(7)) : address
        return path.hasPrefix("/") && !path.utf8.contains(0x0A) ? path : nil
    }

    private func run(
        _ shim: String, _ key: TaskKey, _ bundle: String, _ command: String
    ) async throws -> ([UInt8], ExitStatus) {
        let arguments = [
            "-namespace", key.namespace, "-id", key.id, "-address", supervisorAddress, "-publish-binary",
            "/bin/false", "-bundle", bundle, command,
        ]
        let environment = ["TTRPC_ADDRESS": supervisorAddress, "SKIFF_RUNTIME": defaultRuntime]
        let program = try OutputProgram(
            shim, arguments, directory: bundle, environment: environment, mergesErrors: command == "start")
        return try await program.finish(within: ShimLauncher.limit, on: thread)
    }
}

extension String {
    /// Without blanks and line ends around it.
    fileprivate var trimmed: String {
        let start = drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
