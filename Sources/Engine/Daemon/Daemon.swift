import EngineAPI
package import Logging
import NIOPosix

/// The daemon's life: start, serve, stop.
package struct Daemon: Sendable {
    private let configuration: DaemonConfiguration
    private let logger: Logger

    package init(configuration: DaemonConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let events = EventBroadcaster()
        let system = SystemService(configuration: configuration, daemonID: "x") { SystemService.Census() }
        var router = Router()
        SystemHandler(service: system, events: events).register(in: &router)
        let server = HTTPServer(group: group, service: APIService(router: router, logger: logger))
        for host in configuration.hosts { try await server.listen(on: host) }
        logger.info("Daemon has completed initialization")
        while true { try await Task.sleep(for: .seconds(1000)) }
    }
}
