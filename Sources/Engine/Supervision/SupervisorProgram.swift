import Glibc
import LinuxSystem
import TTRPC

/// The skiff-supervisor program of this daemon. It runs in a session of its own, so that what ends the daemon
/// does not end it.
package struct SupervisorProgram: Sendable {
    package let path: String
    package let address: String
    private let arguments: [String]
    private let pidFile: String
    private let stateDirectory: String
    private let work: FileWork

    package init(configuration: DaemonConfiguration, work: FileWork) {
        path = configuration.programDirectory + "/skiff-supervisor"
        stateDirectory = configuration.execRoot
        address = stateDirectory + "/supervisor.sock"
        pidFile = stateDirectory + "/supervisor.pid"
        self.work = work
        arguments = [
            "--address", address, "--root", configuration.dataRoot + "/supervisor",
            "--state", stateDirectory + "/supervisor", "--shim", configuration.programDirectory + "/skiff-shim",
            "--runtime", configuration.programDirectory + "/skiff-runtime",
            "--runtime-root", stateDirectory + "/runtime",
            "--log-level", configuration.debug ? "debug" : configuration.logLevel, "--pidfile", pidFile,
        ]
    }

    /// Starts the program and returns when it listens.
    package func start() async throws {
        let (path, arguments) = (path, arguments)
        let address = address
        try await work.run {
            let pid = try Self.spawn(path: path, arguments: arguments)
            guard let process = try? ProcessDescriptor(pid: pid),
                try SocketWaiter.wait(for: address, by: process, atMost: 10)
            else { throw EngineError(.internal, "\(path) ended at its start: see its messages on standard error") }
        }
    }

    package func terminate() async throws {
        guard let text = try? FileWork.read(pidFile),
            let pid = Int32(text.trimming { $0.isWhitespace }), pid > 1
        else { return }
        let (address, path) = (address, path)
        try await work.run {
            guard let process = ProcessHandle(pid: pid, program: path) else { return }
            try process.terminate(atMost: 10)
            unlink(address)
        }
    }

    private static func spawn(path: String, arguments: [String]) throws -> Int32 {
        let null = try Descriptor.open("/dev/null", O_RDWR)
        return try Spawn.start(
            path, arguments, descriptors: (null.rawValue, null.rawValue, 2), inNewSession: true)
    }
}
