import Glibc
import LinuxSystem

/// A bridge network that is set up: the kernel's handles and what is attached. Confined to one thread.
final class ActiveBridge {
    /// An endpoint with the sockets that hold its host ports; they are held from the sweep on.
    struct Attachment {
        let endpoint: Endpoint
        var held: [HostPort]
    }

    /// What is recorded of the bridge itself.
    struct Record: Codable {
        var address: IPv4Prefix
        /// Whether the bridge was made here, and so goes with the network.
        var isOwned: Bool
    }

    let configuration: BridgeConfiguration
    let address: IPv4Prefix
    let index: UInt32
    let route: RouteClient
    let firewall: any FirewallTable
    let ruleset: Ruleset
    let networkRecords: RecordStore
    let records: RecordStore
    let namespaceDirectory: String
    var pool: AddressPool
    var endpoints: [String: Attachment] = [:]
    /// Links that were cut off and go with their namespaces, each since when.
    var leaving: [String: ContinuousClock.Instant] = [:]
    let reaper: NamespaceReaper
    /// Started with the first published port.
    var proxy: PortProxy?

    static let networkRecord = "network"

    init(_ configuration: BridgeConfiguration) throws(NetworkingError) {
        try Self.validate(configuration.name)
        self.configuration = configuration
        networkRecords = RecordStore(directory: configuration.stateDirectory)
        records = RecordStore(directory: configuration.stateDirectory + "/endpoints")
        namespaceDirectory = configuration.stateDirectory + "/netns"
        try records.prepare()
        try RecordStore.makeDirectory(namespaceDirectory)
        do {
            route = RouteClient(over: try NetlinkSocket())
            reaper = try NamespaceReaper()
        } catch {
            throw .system(error)
        }
        let setup = BridgeSetup(configuration: configuration, route: route, records: networkRecords)
        (index, address) = try setup.run()
        var ruleset = Ruleset(table: configuration.tableName, bridge: configuration.name, subnet: address)
        ruleset.interContainerCommunication = configuration.interContainerCommunication
        ruleset.masquerade = configuration.masquerade
        self.ruleset = ruleset
        firewall = try NFTables(table: configuration.tableName)
        pool = AddressPool(subnet: address, reserved: [address.address])
        for name in records.names() {
            guard let endpoint = records.read(name, as: Endpoint.self), endpoint.id == name else { continue }
            _ = pool.reserve(endpoint.ipAddress)
            endpoints[name] = Attachment(endpoint: endpoint, held: [])
        }
        try replaceRules()
    }

    /// A name that can stand in paths, rules and messages alike.
    static func validate(_ name: String) throws(NetworkingError) {
        let isPlain = name.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
                || byte == 45 || byte == 46
        }
        guard isPlain, (1...15).contains(name.utf8.count), name != ".", name != ".." else {
            throw .invalidName(name)
        }
    }

    func forwardings(of endpoint: Endpoint) -> [Ruleset.Forwarding] {
        endpoint.ports.map { Ruleset.Forwarding(port: $0, container: endpoint.ipAddress) }
    }

    /// Makes the table anew from what is attached.
    func replaceRules() throws(NetworkingError) {
        let all = endpoints.values.sorted { $0.endpoint.ipAddress < $1.endpoint.ipAddress }
        try firewall.apply(ruleset.replace(with: all.flatMap { forwardings(of: $0.endpoint) }))
    }

    /// Makes the table anew if it is gone.
    func restoreRules() throws(NetworkingError) {
        do {
            try firewall.apply(ruleset.list)
        } catch {
            try replaceRules()
        }
    }

    func tearDown() throws(NetworkingError) {
        for id in endpoints.keys.sorted() { try detach(id) }
        // What has only been cut off goes now; its namespace's file goes here, however far the reaper has come.
        do {
            for name in leaving.keys.sorted() { try route.removeLink(name) }
        } catch {
            throw .netlink(error)
        }
        leaving = [:]
        for name in (try? File.names(in: namespaceDirectory)) ?? [] {
            NetworkNamespace.remove(at: namespaceDirectory + "/" + name)
        }
        try firewall.apply(ruleset.remove)
        let record = networkRecords.read(Self.networkRecord, as: Record.self)
        if record?.isOwned == true {
            do {
                try route.removeLink(configuration.name)
            } catch {
                throw .netlink(error)
            }
        }
        networkRecords.remove(Self.networkRecord)
        rmdir(records.directory)
        rmdir(namespaceDirectory)
    }
}
