import CLinux
import Glibc
import LinuxSystem
import Networking
import Testing

/// A host of its own for one test: a thread in a fresh network namespace, with a directory for state.
actor TestHost {
    nonisolated let thread: NetworkThread
    nonisolated let directory: String

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init() throws {
        thread = try NetworkThread(isolated: true)
        directory = "/var/tmp/skiff-net-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        try File.makeDirectories(directory, mode: 0o700)
    }

    /// Makes a host with its loopback up, hands it to the test and removes what the test left.
    static func with(_ body: (TestHost) async throws -> Void) async throws {
        let host = try TestHost()
        try await host.run { try RouteClient(over: try NetlinkSocket()).perform([.bringUp(1, name: "lo")]) }
        do {
            try await body(host)
        } catch {
            await host.clean()
            throw error
        }
        await host.clean()
    }

    /// Runs on the host's thread, and so in its namespace.
    func run<Value: Sendable>(_ body: @Sendable () throws -> Value) throws -> Value { try body() }

    nonisolated func network(_ name: String = "skiff0", address: String? = nil) throws -> BridgeNetwork {
        let prefix = address.flatMap { IPv4Prefix(parsing: $0) }
        return try BridgeNetwork(
            BridgeConfiguration(name: name, address: prefix, stateDirectory: "\(directory)/\(name)"), on: thread)
    }

    func linkNames() throws -> [String] { try RouteClient(over: try NetlinkSocket()).linkNames().sorted() }

    /// Waits until these and no other links are left; the kernel takes down those of a namespace in its own time.
    func waitForLinks(_ expected: [String]) throws {
        let news = try NetlinkSocket(groups: 1)
        let deadline = ContinuousClock.now + .seconds(10)
        while try linkNames() != expected.sorted() {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero, try news.waitForInput(milliseconds: Int32(left.components.seconds) * 1000 + 1000) else {
                #expect(try linkNames() == expected.sorted())
                return
            }
            _ = try news.receive()
        }
    }

    /// What the kernel tells of this host's rules from now on.
    func listenForRules() throws -> RuleNews { RuleNews(try NetlinkSocket(family: 12, groups: 1 << 6)) }

    /// Whether frames between ports of a bridge pass the IP rules; a kernel without br_netfilter never lets them.
    func filterBridgedFrames(_ enabled: Bool) throws {
        let path = "/proc/sys/net/bridge/bridge-nf-call-iptables"
        if File.exists(path) { try File.write(enabled ? "1" : "0", to: path) }
    }

    /// A machine next to this host: its namespace's path. The host is 192.0.2.1, the neighbour 192.0.2.9.
    func addNeighbour() throws -> String {
        let path = directory + "/neighbour"
        let handle = try NetworkNamespace.createConfigurable(at: path)
        let outside = RouteClient(over: try NetlinkSocket())
        let mac = MACAddress(derivedFrom: IPv4Address(value: 0xC000_0209))
        try outside.perform([
            .createVeth(
                VethPair(
                    hostName: "uplink", bridge: 0, peerName: "eth0", peerAddress: mac,
                    peerNamespace: handle.namespace.rawValue, mtu: 1500))
        ])
        let uplink = try #require(try outside.link(named: "uplink"))
        let host = try #require(IPv4Prefix(parsing: "192.0.2.1/24"))
        try outside.perform([.addAddress(host, to: uplink.index, name: "uplink")])
        let inside = RouteClient(over: handle.socket)
        let link = try #require(try inside.link(named: "eth0"))
        let own = try #require(IPv4Prefix(parsing: "192.0.2.9/24"))
        try inside.perform([
            .addAddress(own, to: link.index, name: "eth0"), .bringUp(link.index, name: "eth0"),
            .addDefaultRoute(via: host.address, over: link.index),
        ])
        try inside.settle("eth0")
        try outside.settle("uplink")
        return path
    }

    private func clean() {
        for name in (try? File.names(in: directory)) ?? [] {
            let path = directory + "/" + name
            if NetworkNamespace.isPinned(at: path) { NetworkNamespace.remove(at: path) }
            for file in (try? File.names(in: path + "/netns")) ?? [] {
                NetworkNamespace.remove(at: path + "/netns/" + file)
            }
        }
        removeTree(directory)
    }

    private func removeTree(_ path: String) {
        for name in (try? File.names(in: path)) ?? [] { removeTree(path + "/" + name) }
        if rmdir(path) != 0 { unlink(path) }
    }
}

/// Hears of changed rules; may be waited on from any one thread.
struct RuleNews: @unchecked Sendable {
    private let socket: NetlinkSocket
    private static let tableMade: UInt16 = 10 << 8

    init(_ socket: NetlinkSocket) {
        self.socket = socket
    }

    /// Waits until a table is made.
    func waitForTable() throws {
        while try socket.waitForInput(milliseconds: 5000) {
            if NetlinkReply.messages(in: try socket.receive()).contains(where: { $0.type == Self.tableMade }) { return }
        }
        Issue.record("no table was made within five seconds")
    }
}

/// Whether the tests that make namespaces can run here.
let isRoot = geteuid() == 0
