import CLinux
import Glibc
import LinuxSystem
import Networking
import Testing

/// The real thing, each test in a namespace of its own.
@Suite(.enabled(if: isRoot, "making network namespaces needs root"))
struct BridgeNetworkTests {
    private let tcp80 = PortPublication(containerPort: 80, hostPort: 8080)

    private func address(_ text: String) throws -> IPv4Address { try #require(IPv4Address(parsing: text)) }

    /// A listener inside a container.
    private func listen(
        in endpoint: Endpoint, _ port: UInt16, _ transport: TransportProtocol = .tcp
    ) throws -> TestSocket {
        try NetworkNamespace.run(in: endpoint.namespacePath) { () throws(SystemError) in
            try TestSocket.listening(port, transport)
        }
    }

    private func connect(
        in namespace: String, to host: IPv4Address, _ port: UInt16, patience: Int32 = 5000
    ) throws -> TestSocket {
        try NetworkNamespace.run(in: namespace) { () throws(SystemError) in
            try TestSocket.connected(to: host, port, patience: patience)
        }
    }

    /// Sends a word from the client to the next connection of the listener; answers who the listener saw.
    private func exchange(_ client: TestSocket, _ listener: TestSocket) throws -> IPv4Address {
        let (server, peer) = try listener.accepted()
        try client.send("ping")
        #expect(try server.receive() == "ping")
        try server.send("pong")
        #expect(try client.receive() == "pong")
        return peer
    }

    @Test func `two containers and their gateway reach each other`() async throws {
        try await TestHost.with { host in
            let network = try host.network()
            try await network.setUp()
            let first = try await network.attach(EndpointRequest(id: "first"))
            let second = try await network.attach(EndpointRequest(id: "second"))
            #expect("\(first.ipAddress) \(second.ipAddress)" == "172.17.0.2 172.17.0.3")
            let listener = try listen(in: second, 80)
            let peer = try exchange(try connect(in: first.namespacePath, to: second.ipAddress, 80), listener)
            #expect(peer == first.ipAddress, "containers see each other's real address")
            let fromHost = try await host.run { try TestSocket.connected(to: second.ipAddress, 80) }
            #expect(try exchange(fromHost, listener) == second.gateway)
            try await network.tearDown()
        }
    }

    @Test(arguments: [true, false])
    func `a published port answers on the host's loopback, from containers and from a neighbour`(
        filteringBridgedFrames: Bool
    ) async throws {
        try await TestHost.with { host in
            try await host.filterBridgedFrames(filteringBridgedFrames)
            let network = try host.network()
            let neighbour = try await host.addNeighbour()
            try await network.setUp()
            let web = try await network.attach(EndpointRequest(id: "web", ports: [tcp80]))
            let other = try await network.attach(EndpointRequest(id: "other"))
            let listener = try listen(in: web, 80)
            for target in ["127.0.0.1", "192.0.2.1", "172.17.0.1"] {
                let target = try address(target)
                let client = try await host.run { try TestSocket.connected(to: target, 8080) }
                _ = try exchange(client, listener)
            }
            _ = try exchange(try connect(in: other.namespacePath, to: web.gateway, 8080), listener)
            _ = try exchange(try connect(in: other.namespacePath, to: try address("192.0.2.1"), 8080), listener)
            _ = try exchange(try connect(in: web.namespacePath, to: web.gateway, 8080), listener)
            let seen = try exchange(try connect(in: neighbour, to: try address("192.0.2.1"), 8080), listener)
            #expect(seen == (try address("192.0.2.9")), "the container sees who really called")
            try await network.tearDown()
        }
    }

    @Test func `a neighbour reaches neither unpublished ports nor containers directly`() async throws {
        try await TestHost.with { host in
            let network = try host.network()
            let neighbour = try await host.addNeighbour()
            try await network.setUp()
            let web = try await network.attach(EndpointRequest(id: "web", ports: [tcp80]))
            let listeners = [try listen(in: web, 80), try listen(in: web, 81)]
            for port: UInt16 in [80, 81] {
                #expect(throws: SystemError.self) {
                    try connect(in: neighbour, to: web.ipAddress, port, patience: 300)
                }
            }
            #expect(throws: SystemError(operation: "wait", errno: ETIMEDOUT)) {
                try connect(in: neighbour, to: try address("172.17.0.2"), 81, patience: 300)
            }
            withExtendedLifetime(listeners) {}
            try await network.tearDown()
        }
    }

    @Test func `a port published on loopback is not reachable from a neighbour`() async throws {
        try await TestHost.with { host in
            let network = try host.network()
            let neighbour = try await host.addNeighbour()
            try await network.setUp()
            let port = PortPublication(containerPort: 80, hostIP: .v4(.loopback), hostPort: 8080)
            let web = try await network.attach(EndpointRequest(id: "web", ports: [port]))
            let other = try await network.attach(EndpointRequest(id: "other"))
            let listener = try listen(in: web, 80)
            _ = try exchange(try await host.run { try TestSocket.connected(to: .loopback, 8080) }, listener)
            #expect(throws: SystemError.self) {
                try connect(in: neighbour, to: try address("192.0.2.1"), 8080, patience: 300)
            }
            #expect(throws: SystemError.self) {
                try connect(in: other.namespacePath, to: web.gateway, 8080, patience: 300)
            }
            // The neighbour's loopback is down, so that 127.0.0.1 is an address like any other that it sends to us.
            #expect(throws: SystemError(operation: "wait", errno: ETIMEDOUT)) {
                try NetworkNamespace.run(in: neighbour) { () throws(SystemError) in
                    try File.write("1", to: "/proc/sys/net/ipv4/conf/eth0/route_localnet")
                    _ = try TestSocket.connected(to: .loopback, 8080, patience: 300)
                }
            }
            try await network.tearDown()
        }
    }

    @Test func `UDP is published as TCP is`() async throws {
        try await TestHost.with { host in
            let network = try host.network()
            let neighbour = try await host.addNeighbour()
            try await network.setUp()
            let port = PortPublication(transport: .udp, containerPort: 53, hostPort: 5353)
            let server = try await network.attach(EndpointRequest(id: "dns", ports: [port]))
            let listener = try listen(in: server, 53, .udp)
            let local = try await host.run { try TestSocket.connected(to: .loopback, 5353, .udp) }
            let far = try NetworkNamespace.run(in: neighbour) { () throws(SystemError) in
                try TestSocket.connected(to: IPv4Address(value: 0xC000_0201), 5353, .udp)
            }
            for client in [local, far] {
                try client.send("question")
                try listener.echoDatagram()
                #expect(try client.receive() == "question")
            }
            try await network.tearDown()
        }
    }

    @Test func `a client that goes on sending datagrams reaches the port's next container`() async throws {
        try await TestHost.with { host in
            let network = try host.network()
            try await network.setUp()
            let port = PortPublication(transport: .udp, containerPort: 53, hostPort: 5353)
            let first = try await network.attach(EndpointRequest(id: "first", ports: [port]))
            let old = try listen(in: first, 53, .udp)
            let client = try await host.run { try TestSocket.connected(to: .loopback, 5353, .udp) }
            try client.send("question")
            try old.echoDatagram()
            #expect(try client.receive() == "question")
            try await network.detach("first")
            let heir = try await network.attach(EndpointRequest(id: "heir"))
            #expect(heir.ipAddress == first.ipAddress, "somebody else has the address now")
            let second = try await network.attach(EndpointRequest(id: "second", ports: [port]))
            let new = try listen(in: second, 53, .udp)
            try client.send("again")
            try new.echoDatagram()
            #expect(try client.receive() == "again")
            try await network.tearDown()
        }
    }

    @Test func `a taken host port is told apart by who holds it, and nothing is left of the attempt`() async throws {
        try await TestHost.with { host in
            let network = try host.network()
            try await network.setUp()
            _ = try await network.attach(EndpointRequest(id: "web", ports: [tcp80]))
            let before = try await host.linkNames()
            let conflict = await #expect(throws: NetworkingError.self) {
                try await network.attach(EndpointRequest(id: "second", ports: [tcp80]))
            }
            #expect(conflict?.description == "Bind for 0.0.0.0:8080 failed: port is already allocated")
            let holder = try await host.run { try TestSocket.listening(9090) }
            let taken = PortPublication(containerPort: 80, hostPort: 9090)
            let error = await #expect(throws: NetworkingError.self) {
                try await network.attach(EndpointRequest(id: "third", ports: [taken]))
            }
            withExtendedLifetime(holder) {}
            #expect(error?.description == "failed to bind host port for 0.0.0.0:9090: address already in use")
            #expect(try await host.linkNames() == before)
            #expect(try File.names(in: host.directory + "/skiff0/endpoints") == ["web.json"])
            let next = try await network.attach(EndpointRequest(id: "fourth"))
            #expect("\(next.ipAddress)" == "172.17.0.3", "a failed attempt gives its address back")
            try await network.tearDown()
        }
    }

    @Test func `host port 0 becomes a free port of the kernel's choice`() async throws {
        try await TestHost.with { host in
            let network = try host.network()
            try await network.setUp()
            let port = PortPublication(containerPort: 80)
            let web = try await network.attach(EndpointRequest(id: "web", ports: [port]))
            let chosen = try #require(web.ports.first?.hostPort)
            #expect(chosen >= 1024)
            let listener = try listen(in: web, 80)
            _ = try exchange(try await host.run { try TestSocket.connected(to: .loopback, chosen) }, listener)
            try await network.tearDown()
        }
    }

    @Test func `two networks on one host take different subnets and do not disturb each other`() async throws {
        try await TestHost.with { host in
            let networks = [try host.network("skiffa0"), try host.network("skiffb0")]
            for network in networks { try await network.setUp() }
            #expect(await networks[0].subnet?.description == "172.17.0.0/16")
            #expect(await networks[1].subnet?.description == "172.18.0.0/16")
            let web = try await networks[0].attach(EndpointRequest(id: "web", ports: [tcp80]))
            let stranger = try await networks[1].attach(EndpointRequest(id: "stranger"))
            let listener = try listen(in: web, 80)
            #expect(throws: SystemError.self) {
                try connect(in: stranger.namespacePath, to: web.ipAddress, 80, patience: 300)
            }
            _ = try exchange(try connect(in: stranger.namespacePath, to: stranger.gateway, 8080), listener)
            try await networks[1].tearDown()
            _ = try exchange(try await host.run { try TestSocket.connected(to: .loopback, 8080) }, listener)
            try await networks[0].tearDown()
            try await host.waitForLinks(["lo"])
        }
    }

    @Test func `the address asked for is the bridge's`() async throws {
        try await TestHost.with { host in
            let network = try host.network(address: "10.77.0.1/24")
            try await network.setUp()
            let web = try await network.attach(EndpointRequest(id: "web"))
            #expect("\(web.ipAddress)/\(web.prefixLength) \(web.gateway)" == "10.77.0.2/24 10.77.0.1")
            #expect("\(web.macAddress)" == "02:42:0a:4d:00:02")
            try await network.tearDown()
        }
    }
}
