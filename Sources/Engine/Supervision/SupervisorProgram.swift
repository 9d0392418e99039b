import Glibc
import LinuxSystem

/// The skiff-supervisor program of this daemon. It runs in a session of its own, so that what ends the daemon
/// does not end it.
package struct SupervisorProgram: Sendable {
    package let path: String
    package let address: String
    private let arguments: [String]
    private let pidFile: String
    private let stateDirectory: String
    private let work: FileWork

    /// POSIX_SPAWN_SETSID of <spawn.h>, which needs _GNU_SOURCE.
    private static let setSession: Int16 = 0x80

    package init(configuration: DaemonConfiguration, work: FileWork) {
        path = configuration.programDirectory + "/skiff-supervisor"
        stateDirectory = configuration.execRoot
        address = stateDirectory + "/supervisor.sock"
        pidFile = stateDirectory + "/supervisor.pid"
        self.work = work
        arguments = [
            path, "--address", address, "--root", configuration.dataRoot + "/supervisor",
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
            try Self.spawn(path: path, arguments: arguments)
            try SocketWaiter.wait(for: address, atMost: 10)
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

    @discardableResult
    private static func spawn(path: String, arguments: [String]) throws(SystemError) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigfillset(&defaults)
        sigdelset(&defaults, SIGKILL)
        sigdelset(&defaults, SIGSTOP)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK) | setSession)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)

        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, path, &actions, &attributes, &words, environ)
        guard result == 0 else { throw SystemError(operation: "start", path: path, errno: result) }
        return pid
    }
}
