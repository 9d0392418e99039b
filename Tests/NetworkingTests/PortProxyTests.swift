import Glibc
import LinuxSystem
import Networking
import Testing

/// Connections that reach a held port itself rather than the rules.
@Suite(.enabled(if: isRoot, "making network namespaces needs root"))
struct PortProxyTests {
    private let tcp80 = PortPublication(containerPort: 80, hostPort: 8080)

    private func with(
        _ body: (TestHost, BridgeNetwork, Endpoint, TestSocket) async throws -> Void
    ) async throws {
        try await TestHost.with { host in
            let network = try host.network()
            try await network.setUp()
            let web = try await network.attach(EndpointRequest(id: "web", ports: [tcp80]))
            let listener = try NetworkNamespace.run(in: web.namespacePath) { () throws(SystemError) in
                try TestSocket.listening(80)
            }
            try await body(host, network, web, listener)
            try await network.tearDown()
        }
    }

    @Test func `a published port answers on the IPv6 loopback`() async throws {
        try await with { host, _, web, listener in
            #expect(web.ports.map(\.binding) == ["0.0.0.0:8080", "[::]:8080"])
            let client = try await host.run { try TestSocket.connectedToLoopback6(8080) }
            let (server, peer) = try listener.accepted()
            #expect(peer == web.gateway)
            try client.send("question")
            #expect(try server.receive() == "question")
            client.finishSending()
            #expect(try server.receive().isEmpty, "the end of the client's data passes")
            try server.send("answer")
            #expect(try client.receive() == "answer", "the other direction stays open")
            server.finishSending()
            #expect(try client.receive().isEmpty)
        }
    }

    @Test func `many megabytes pass whole, whoever is slower`() async throws {
        try await with { host, _, _, listener in
            let client = try await host.run { try TestSocket.connectedToLoopback6(8080) }
            let (server, _) = try listener.accepted()
            let total = 8 << 20
            async let received = OneShotThread.run { () throws(SystemError) in
                var count = 0
                while count < total { count += try client.receive().utf8.count }
                return count
            }
            try OneShotThread.run { () throws(SystemError) in
                let chunk = String(repeating: "0123456789abcdef", count: 4096)
                for _ in 0..<total / chunk.utf8.count { try server.sendAll(chunk) }
            }
            #expect(try await received == total)
        }
    }

    @Test func `IPv4 connections are carried while the rules are gone`() async throws {
        try await with { host, _, _, listener in
            try await host.run { try NFTables(table: "all").apply("flush chain ip skiff_skiff0 publish") }
            let client = try await host.run { try TestSocket.connected(to: .loopback, 8080) }
            try client.send("question")
            #expect(try listener.accepted().socket.receive() == "question")
        }
    }

    @Test func `a container that does not listen refuses the client`() async throws {
        try await TestHost.with { host in
            let network = try host.network()
            try await network.setUp()
            _ = try await network.attach(EndpointRequest(id: "web", ports: [tcp80]))
            let client = try await host.run { try TestSocket.connectedToLoopback6(8080) }
            #expect(try client.receive().isEmpty)
            try await network.tearDown()
        }
    }

    @Test func `a detached container's port refuses and its connections end`() async throws {
        try await with { host, network, _, listener in
            let client = try await host.run { try TestSocket.connectedToLoopback6(8080) }
            let (server, _) = try listener.accepted()
            try await network.detach("web")
            #expect(try client.receive().isEmpty)
            withExtendedLifetime(server) {}
            await #expect(throws: SystemError(operation: "connect", errno: ECONNREFUSED)) {
                _ = try await host.run { try TestSocket.connectedToLoopback6(8080) }
            }
        }
    }

    @Test func `a port published on an IPv6 address is carried from there alone`() async throws {
        try await TestHost.with { host in
            let network = try host.network()
            try await network.setUp()
            let port = PortPublication(containerPort: 80, hostIP: .loopbackV6, hostPort: 8080)
            let web = try await network.attach(EndpointRequest(id: "web", ports: [port]))
            let listener = try NetworkNamespace.run(in: web.namespacePath) { () throws(SystemError) in
                try TestSocket.listening(80)
            }
            let client = try await host.run { try TestSocket.connectedToLoopback6(8080) }
            try client.send("question")
            #expect(try listener.accepted().socket.receive() == "question")
            await #expect(throws: SystemError(operation: "connect", errno: ECONNREFUSED)) {
                _ = try await host.run { try TestSocket.connected(to: .loopback, 8080) }
            }
            let datagrams = PortPublication(transport: .udp, containerPort: 53, hostIP: .anyV6, hostPort: 5353)
            let error = await #expect(throws: NetworkingError.self) {
                try await network.attach(EndpointRequest(id: "dns", ports: [datagrams]))
            }
            #expect(
                error?.description
                    == "failed to publish [::]:5353/udp: only TCP can be published on an IPv6 address")
            try await network.tearDown()
        }
    }
}
