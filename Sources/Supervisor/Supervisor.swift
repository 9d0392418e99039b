internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// A supervisor: owns containers' lives through their shims and serves `Protocols/skiff/supervisor/v1`.
///
/// One supervisor may run per state directory. Ending it, in whatever way, touches no container: the next one finds
/// all of them again.
public final class Supervisor: Sendable {
    /// How long serving waits for shims that do not answer after a restart.
    private static let recoveryLimit = Duration.seconds(1)

    /// How long the end of an earlier supervisor is waited for.
    private static let lockLimit = Duration.seconds(3)

    private let configuration: SupervisorConfiguration
    private let log: SupervisorLog

    /// Makes a supervisor that is not yet running.
    public init(_ configuration: SupervisorConfiguration) {
        self.configuration = configuration
        log = SupervisorLog(minimum: .init(named: configuration.logLevel))
    }

    /// Finds the containers of an earlier supervisor, then serves until the task is cancelled.
    ///
    /// - Throws: an error with a readable description when the state directory or the socket cannot be used, among
    ///   others because another supervisor does.
    public func run() async throws {
        do {
            try await serve()
        } catch let error as SupervisorError {
            throw ErrorMapping.rpcError(error)
        }
    }

    private func serve() async throws {
        try File.makeDirectories(configuration.state, mode: 0o711)
        if let slash = configuration.address.lastIndex(of: "/"), slash != configuration.address.startIndex {
            try File.makeDirectories(String(configuration.address[..<slash]), mode: 0o711)
        }
        let lock = try await lockState()
        defer { withExtendedLifetime(lock) {} }
        if let pidFile = configuration.pidFile {
            do throws(SystemError) {
                try File.replace(pidFile, with: Array("\(getpid())\n".utf8), mode: 0o644)
            } catch {
                // As on a full disk: the containers need their supervisor all the same.
                log(.error, "cannot write the process id: \(error)")
            }
        }
        let thread = try EventLoopThread()
        let events = try EventLog(path: "\(configuration.state)/events", log: log)
        let launcher = ShimLauncher(
            supervisorAddress: configuration.address, defaultRuntime: configuration.runtime, thread: thread)
        let background = BackgroundWork()
        let containers = ContainerStore(root: configuration.root)
        let registry = TaskRegistry(
            environment: SupervisorEnvironment(
                configuration: configuration, thread: thread, launcher: launcher, events: events,
                background: background, log: log), containers: containers)
        let services = SupervisorServices(
            registry: registry,
            containers: ContainerServices(
                registry: registry, containers: containers, namespaces: NamespaceStore(root: configuration.root)),
            events: events)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await background.run() }
            await registry.recover(within: Supervisor.recoveryLimit)
            let server = RPCServer(
                listener: try UnixSocket.listen(at: configuration.address),
                services: services.all, thread: thread, describe: ErrorMapping.rpcError)
            log(.info, "serving on \(configuration.address)")
            group.addTask { await server.run() }
            try await group.next()
            group.cancelAll()
        }
        unlink(configuration.address)
        if let pidFile = configuration.pidFile { unlink(pidFile) }
    }

    /// Two supervisors over the same containers would undo each other's work. One that was just killed holds the lock
    /// until the kernel has taken it down, so it is waited for.
    private func lockState() async throws -> StateLock {
        let lock = try StateLock(path: "\(configuration.state)/lock")
        let thread = try EventLoopThread()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lock.acquire(on: thread) }
            group.addTask { [state = configuration.state] in
                try await Task.sleep(for: Supervisor.lockLimit)
                let error = SupervisorError.state("another supervisor uses \(state)")
                lock.giveUp(error)
                throw error
            }
            try await group.next()
            group.cancelAll()
        }
        return lock
    }
}
