import EngineAPI
import Glibc
import ImageStore
package import Logging
import Networking
import NIOPosix
import Registry

/// The daemon's life: start, serve, stop.
package struct Daemon: Sendable {
    private let configuration: DaemonConfiguration
    private let logger: Logger

    package init(configuration: DaemonConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Serves until a signal ends it.
    package func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        // Children are not waited for: the kernel forgets them by itself.
        signal(SIGCHLD, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
        let ends = SignalStream([SIGTERM, SIGINT])
        let lock = try DaemonLock(configuration: configuration)
        defer { lock.removePIDFile() }
        let engine = try await Engine(configuration: configuration, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (ready, isReady) = AsyncStream.makeStream(of: Never.self)
            group.addTask { try await engine.followSupervisor { isReady.finish() } }
            group.addTask {
                for await _ in ready {}
                do {
                    try Task.checkCancellation()
                    try await engine.serve()
                } catch {
                    // Not cancelled with this task.
                    await Task { await engine.giveUp() }.value
                    throw error
                }
                for await number in ends.signals {
                    logger.info("Processing signal '\(number)'")
                    break
                }
                await engine.shutDown()
            }
            // A failure of the supervisor's link ends the daemon; its regular end comes from the shutdown.
            for try await _ in group {}
        }
        logger.info("Daemon shutdown complete")
    }
}
