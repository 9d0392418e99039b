import Glibc
import LinuxSystem
import Networking
import Testing

/// What a successor finds after an engine was killed.
@Suite(.enabled(if: isRoot, "making network namespaces needs root"))
struct BridgeNetworkRecoveryTests {
    private let tcp80 = PortPublication(containerPort: 80, hostPort: 8080)

    private func ping(_ client: TestSocket, _ listener: TestSocket) throws {
        let (server, _) = try listener.accepted()
        try client.send("ping")
        #expect(try server.receive() == "ping")
    }

    @Test func `a successor keeps what runs, with its ports answering throughout, and removes the rest`() async throws {
        try await TestHost.with { host in
            var network: BridgeNetwork? = try host.network()
            try await network?.setUp()
            let web = try #require(try await network?.attach(EndpointRequest(id: "web", ports: [tcp80])))
            let gone = try #require(
                try await network?.attach(
                    EndpointRequest(id: "gone", ports: [PortPublication(containerPort: 80, hostPort: 8081)])))
            let listener = try NetworkNamespace.run(in: web.namespacePath) { () throws(SystemError) in
                try TestSocket.listening(80)
            }
            network = nil
            try ping(try await host.run { try TestSocket.connected(to: .loopback, 8080) }, listener)

            let successor = try host.network()
            try await successor.setUp()
            #expect(await successor.subnet?.description == "172.17.0.0/16")
            #expect(try await successor.sweep(keeping: ["web"]) == [web])
            try ping(try await host.run { try TestSocket.connected(to: .loopback, 8080) }, listener)
            try await host.waitForLinks(["lo", "skiff0", web.hostInterface])
            await #expect(throws: SystemError(operation: "bind", errno: EADDRINUSE), "the port is held again") {
                _ = try await host.run { try TestSocket.listening(8080) }
            }
            let next = try await successor.attach(EndpointRequest(id: "next"))
            #expect(next.ipAddress == gone.ipAddress, "its address is free again and the kept one is not")
            try await successor.detach("web")
            let again = try await successor.attach(EndpointRequest(id: "web", ports: [tcp80]))
            #expect(again.ipAddress == web.ipAddress, "a container comes back at once")
            let second = try NetworkNamespace.run(in: again.namespacePath) { () throws(SystemError) in
                try TestSocket.listening(80)
            }
            try ping(try await host.run { try TestSocket.connected(to: .loopback, 8080) }, second)
            try await successor.tearDown()
            try await host.waitForLinks(["lo"])
        }
    }

    @Test func `what no record claims is removed`() async throws {
        try await TestHost.with { host in
            var network: BridgeNetwork? = try host.network()
            try await network?.setUp()
            let lost = try #require(try await network?.attach(EndpointRequest(id: "lost")))
            network = nil
            unlink(host.directory + "/skiff0/endpoints/lost.json")
            try File.replace(host.directory + "/skiff0/endpoints/torn.json", with: Array("{\"id\":".utf8))
            try File.replace(host.directory + "/skiff0/netns/empty", with: [])

            let successor = try host.network()
            try await successor.setUp()
            #expect(try await successor.sweep(keeping: ["lost", "torn"]).isEmpty)
            #expect(try File.names(in: host.directory + "/skiff0/endpoints").isEmpty)
            try await host.waitForLinks(["lo", "skiff0"])
            try await successor.tearDown()
            #expect(!File.exists(lost.namespacePath))
            #expect(try File.names(in: host.directory + "/skiff0").isEmpty)
        }
    }

    @Test func `a flushed ruleset is put back at once, and with it the isolation`() async throws {
        try await TestHost.with { host in
            let network = try host.network()
            let neighbour = try await host.addNeighbour()
            try await network.setUp()
            let web = try await network.attach(EndpointRequest(id: "web", ports: [tcp80]))
            let listener = try NetworkNamespace.run(in: web.namespacePath) { () throws(SystemError) in
                try TestSocket.listening(80)
            }
            let news = try await host.listenForRules()
            try await host.run { try NFTables(table: "all").apply("flush ruleset") }
            try news.waitForTable()
            #expect(throws: SystemError(operation: "wait", errno: ETIMEDOUT)) {
                try NetworkNamespace.run(in: neighbour) { () throws(SystemError) in
                    _ = try TestSocket.connected(to: web.ipAddress, 80, patience: 300)
                }
            }
            try ping(try await host.run { try TestSocket.connected(to: .loopback, 8080) }, listener)
            try await network.tearDown()
        }
    }

    @Test func `a flushed ruleset is made anew by the next change`() async throws {
        try await TestHost.with { host in
            let network = try host.network()
            try await network.setUp()
            let web = try await network.attach(EndpointRequest(id: "web", ports: [tcp80]))
            let listener = try NetworkNamespace.run(in: web.namespacePath) { () throws(SystemError) in
                try TestSocket.listening(80)
            }
            try await host.run { try NFTables(table: "all").apply("flush ruleset") }
            let more = PortPublication(containerPort: 80, hostPort: 8081)
            _ = try await network.attach(EndpointRequest(id: "more", ports: [more]))
            try ping(try await host.run { try TestSocket.connected(to: .loopback, 8080) }, listener)
            try await host.run { try NFTables(table: "all").apply("flush ruleset") }
            try await network.detach("more")
            try ping(try await host.run { try TestSocket.connected(to: .loopback, 8080) }, listener)
            try await network.tearDown()
        }
    }

    @Test func `tearing down removes the table, the bridge and the records`() async throws {
        try await TestHost.with { host in
            let network = try host.network()
            try await network.setUp()
            _ = try await network.attach(EndpointRequest(id: "web", ports: [tcp80]))
            try await network.tearDown()
            try await host.waitForLinks(["lo"])
            #expect(try File.names(in: host.directory + "/skiff0").isEmpty)
            await #expect(throws: NetworkingError.self) {
                try await host.run { try NFTables(table: "skiff_skiff0").apply("list table ip skiff_skiff0") }
            }
            let mounts = try File.readText("/proc/self/mounts")
            #expect(!mounts.contains(host.directory))
        }
    }

    @Test func `a network that is not set up says so`() async throws {
        try await TestHost.with { host in
            let network = try host.network()
            await #expect(throws: NetworkingError.notSetUp(bridge: "skiff0")) {
                try await network.attach(EndpointRequest(id: "x"))
            }
        }
    }
}
