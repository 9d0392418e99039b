import CLinux
import EngineAPI
import Glibc
import ImageStore
import Logging
import Networking
import NIOPosix
import Registry
import SupervisorClient

/// The engine's parts, put together.
struct Engine: Sendable {
    private let configuration: DaemonConfiguration
    private let logger: Logger
    private let bridge: BridgeNetwork?
    private let program: SupervisorProgram
    private let link: SupervisorLink
    private let containers: ContainerService
    private let server: HTTPServer

    init(configuration: DaemonConfiguration, logger: Logger) async throws {
        self.configuration = configuration
        self.logger = logger
        let pool = NIOThreadPool(numberOfThreads: 2)
        pool.start()
        let work = FileWork(pool: pool)
        let database = try EngineDatabase(path: configuration.dataRoot + "/engine.db")
        let events = EventBroadcaster()
        let images = try await ImageStore(
            root: configuration.dataRoot + "/images",
            registries: RegistryConfiguration(
                insecureRegistries: configuration.insecureRegistries, mirrors: configuration.registryMirrors))
        bridge = try await Self.makeBridge(configuration)
        let networks = try await Self.makeNetworks(database, bridge: bridge)
        program = SupervisorProgram(configuration: configuration, work: work)
        link = SupervisorLink(program: program, logger: logger)
        containers = ContainerService(
            dependencies: ContainerDependencies(
                configuration: configuration, database: database, images: images, supervisor: link,
                networks: networks,
                volumes: try await VolumeService(
                    dataRoot: configuration.dataRoot, database: database, events: events, work: work),
                events: events, facts: HostFacts.detect(), logs: LogReader(threads: pool), work: work, logger: logger))
        try await containers.restore()
        let daemonID = try await database.fact("daemon-id") { Self.identifier() }
        let router = Self.router(containers: containers, events: events, daemonID: daemonID)
        server = HTTPServer(
            group: MultiThreadedEventLoopGroup(numberOfThreads: 1),
            service: APIService(router: router, logger: logger))
    }

    private static func makeBridge(_ configuration: DaemonConfiguration) async throws -> BridgeNetwork? {
        guard let name = configuration.bridge else { return nil }
        var address: IPv4Prefix?
        if let text = configuration.bridgeAddress {
            guard let prefix = IPv4Prefix(parsing: text) else {
                throw ConfigurationError.invalid("invalid bridge address \(text): use for example 172.20.0.1/16")
            }
            address = prefix
        }
        let bridge = try BridgeNetwork(
            BridgeConfiguration(
                name: name, address: address, mtu: UInt32(clamping: configuration.mtu),
                stateDirectory: configuration.execRoot + "/network"))
        try await bridge.setUp()
        return bridge
    }

    private static func makeNetworks(
        _ database: EngineDatabase, bridge: BridgeNetwork?
    ) async throws -> NetworkService {
        var ids: [String: String] = [:]
        for name in NetworkService.names {
            ids[name] = try await database.fact("network-\(name)") { ContainerID.random() }
        }
        let created = try await database.fact("networks-created") { "\(Timestamp.now)" }
        return NetworkService(bridge: bridge, ids: ids, created: Timestamp(created) ?? .now)
    }

    /// An id in the form of a UUID.
    private static func identifier() -> String {
        let digits = Array(ContainerID.random().prefix(32))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }

    private static func router(containers: ContainerService, events: EventBroadcaster, daemonID: String) -> Router {
        let dependencies = containers.dependencies
        let system = SystemService(configuration: dependencies.configuration, daemonID: daemonID) {
            var census = await containers.census()
            census.images = try await dependencies.images.images().count
            census.listeners = await events.listenerCount
            return census
        }
        let images = ImageService(store: dependencies.images, containers: containers, events: events)
        var router = Router()
        SystemHandler(service: system, events: events).register(in: &router)
        ContainerHandler(service: containers).register(in: &router)
        AttachHandler(service: containers).register(in: &router)
        ExecHandler(service: containers).register(in: &router)
        StatsHandler(service: containers, converter: StatsConverter(facts: dependencies.facts)).register(in: &router)
        ImageHandler(service: images, work: dependencies.work).register(in: &router)
        VolumeHandler(volumes: dependencies.volumes, containers: containers).register(in: &router)
        NetworkHandler(networks: dependencies.networks, containers: containers).register(in: &router)
        return router
    }

    // MARK: Life

    /// Keeps the link to the supervisor; `ready` is called when all containers are known for what they are.
    func followSupervisor(ready: @escaping @Sendable () -> Void) async throws {
        let containers = containers
        try await link.run(
            observer: SupervisorLink.Observer(
                connected: { await containers.reconcile(with: $0) },
                happened: { await containers.happened($0) }),
            ready: ready)
    }

    func serve() async throws {
        try await containers.sweepNetwork()
        for host in configuration.hosts {
            if case .tcp(let name, let port) = host {
                logger.warning(
                    "API is accessible on tcp://\(name):\(port) without encryption by anybody who reaches it")
            }
            try await server.listen(on: try host.owned(by: configuration.group))
            logger.info("API listen on \(host)")
        }
        logger.info("Daemon has completed initialization")
        await containers.startByPolicy()
        // Most of the code that is mapped by now started the daemon, and does not run it: a quarter of its memory.
        linux_forget_code()
    }

    /// Ends after a start that failed. What runs goes on and is found by the next start.
    func giveUp() async {
        await server.close()
        let census = await containers.census()
        await link.close()
        if census.running + census.paused == 0 { await takeAway() }
    }

    func shutDown() async {
        await server.close()
        if !configuration.liveRestore {
            await containers.shutDown(timeout: configuration.shutdownTimeout)
        }
        await link.close()
        guard !configuration.liveRestore else { return }
        await takeAway()
        for case .unix(let path, _) in configuration.hosts { unlink(path) }
    }

    private func takeAway() async {
        do {
            try await program.terminate()
            try await bridge?.tearDown()
        } catch {
            logger.error("cannot clean up: \(error)")
        }
    }
}

extension ListenAddress {
    /// The same address with the group that may use its socket: the named one, or none but root's.
    func owned(by group: String?) throws -> ListenAddress {
        guard case .unix(let path, _) = self else { return self }
        guard let group else {
            return .unix(path: path, groupID: getgrnam("skiff")?.pointee.gr_gid)
        }
        if let id = UInt32(group) { return .unix(path: path, groupID: id) }
        guard let entry = getgrnam(group) else {
            throw ConfigurationError.invalid("group \(group) not found")
        }
        return .unix(path: path, groupID: entry.pointee.gr_gid)
    }
}

extension ListenAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unix(let path, _): path
        case .tcp(let host, let port): "\(host):\(port)"
        }
    }
}
