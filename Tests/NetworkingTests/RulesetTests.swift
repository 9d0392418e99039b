import Networking
import Testing

@Suite struct RulesetTests {
    private let ruleset: Ruleset
    private let container: IPv4Address

    init() throws {
        ruleset = Ruleset(
            table: "skiff_skiff0", bridge: "skiff0", subnet: try #require(IPv4Prefix(parsing: "172.17.0.1/16")))
        container = try #require(IPv4Address(parsing: "172.17.0.2"))
    }

    @Test func `a port on all addresses and one on a single address go to their maps in one go`() throws {
        let forwardings = [
            PortPublication(containerPort: 80, hostPort: 8080),
            PortPublication(transport: .udp, containerPort: 53, hostIP: .v4(.loopback), hostPort: 5353),
            PortPublication(containerPort: 80, hostIP: .anyV6, hostPort: 8080),
        ].map { Ruleset.Forwarding(port: $0, container: container) }
        #expect(
            ruleset.add(forwardings) == """
                add element ip skiff_skiff0 published { tcp . 8080 : 172.17.0.2 . 80 }
                add element ip skiff_skiff0 published_at { 127.0.0.1 . udp . 5353 : 172.17.0.2 . 53 }

                """)
        #expect(ruleset.add([]).isEmpty)
    }

    @Test func `the table is replaced as a whole`() {
        let text = ruleset.replace(with: [])
        #expect(text.hasPrefix("add table ip skiff_skiff0\ndelete table ip skiff_skiff0\ntable ip skiff_skiff0 {"))
    }

    @Test func `without traffic between containers nothing from the bridge is let back to it`() {
        var isolated = ruleset
        isolated.interContainerCommunication = false
        #expect(ruleset.replace(with: []).contains("iifname \"skiff0\" accept"))
        #expect(!isolated.replace(with: []).contains("iifname \"skiff0\" accept"))
    }
}
