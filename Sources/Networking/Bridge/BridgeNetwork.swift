/// A bridge with containers on it, as Docker's default network: an address and a route out for each, ports published
/// through nftables. Every change is recorded before it is made, so that a successor of a killed process finds it all.
///
/// The actor runs on a thread of its own, since what it does blocks; callers only await.
package actor BridgeNetwork {
    package nonisolated let configuration: BridgeConfiguration
    private nonisolated let thread: NetworkThread
    private var bridge: ActiveBridge?
    private var watcher: RulesetWatcher?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameter thread: where the network lives; a thread with a namespace of its own keeps a test off the host.
    package init(_ configuration: BridgeConfiguration, on thread: NetworkThread? = nil) throws(NetworkingError) {
        self.configuration = configuration
        self.thread = if let thread { thread } else { try NetworkThread() }
    }

    /// Makes the bridge and its rules, or takes over what a predecessor left, with published ports answering throughout.
    package func setUp() throws(NetworkingError) {
        guard bridge == nil else { return }
        let bridge = try ActiveBridge(configuration)
        do {
            watcher = try RulesetWatcher(table: configuration.tableName) { [weak self, thread] in
                thread.submit { [weak self] in self?.assumeIsolated { $0.restoreRules() } }
            }
        } catch {
            throw .system(error)
        }
        self.bridge = bridge
    }

    /// The next change to the network tries again where this fails.
    private func restoreRules() {
        try? bridge?.restoreRules()
    }

    /// The bridge's own address, which containers route through; nil until the network is set up.
    package var gateway: IPv4Address? { bridge?.address.address }

    /// The subnet containers get their addresses from; nil until the network is set up.
    package var subnet: IPv4Prefix? { bridge?.address.subnet }

    /// Every container's endpoint, by the container's id.
    package var endpoints: [String: Endpoint] { bridge?.endpoints.mapValues(\.endpoint) ?? [:] }

    /// Gives a container its namespace, interface, address and published ports: all of it or, on failure, nothing.
    package func attach(_ request: EndpointRequest) throws(NetworkingError) -> Endpoint {
        try active.attach(request)
    }

    /// Takes all of it away again. A container that is not attached is as good as detached.
    package func detach(_ id: String) throws(NetworkingError) {
        try active.detach(id)
    }

    /// After a restart: removes every endpoint but those of the containers named, and whatever no record claims; holds
    /// the host ports of the rest again.
    /// - Returns: the endpoints that stay.
    @discardableResult
    package func sweep(keeping ids: Set<String>) throws(NetworkingError) -> [Endpoint] {
        try active.sweep(keeping: ids)
    }

    /// Removes the endpoints, the rules and, where it was made here, the bridge.
    package func tearDown() throws(NetworkingError) {
        guard let bridge else { return }
        watcher = nil
        try bridge.tearDown()
        self.bridge = nil
    }

    private var active: ActiveBridge {
        get throws(NetworkingError) {
            guard let bridge else { throw .notSetUp(bridge: configuration.name) }
            return bridge
        }
    }
}
