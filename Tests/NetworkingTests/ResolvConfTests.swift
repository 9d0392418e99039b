import Networking
import Testing

@Suite struct ResolvConfTests {
    @Test func `the host's servers are taken but those on its loopback`() {
        let host =
            "# made by hand\nnameserver 127.0.0.53\nnameserver 192.0.2.7\nnameserver ::1\nsearch a.example b.example\noptions edns0 ndots:2\n"
        #expect(
            ResolvConf.render(host: host)
                == "nameserver 192.0.2.7\nsearch a.example b.example\noptions edns0 ndots:2\n")
    }

    @Test func `public servers stand in where none remains`() {
        #expect(ResolvConf.render(host: "nameserver 127.0.0.1\n") == "nameserver 8.8.8.8\nnameserver 8.8.4.4\n")
        #expect(ResolvConf.render(host: "") == "nameserver 8.8.8.8\nnameserver 8.8.4.4\n")
    }

    @Test func `what the user asks for replaces the host's, and a dot drops the search list`() {
        let override = ResolvConf.Override(nameservers: ["192.0.2.1"], search: ["."], options: ["timeout:1"])
        #expect(
            ResolvConf.render(host: "nameserver 192.0.2.7\nsearch x\n", override: override)
                == "nameserver 192.0.2.1\noptions timeout:1\n")
    }

    @Test func `a container on the host's network sees the host's file as it is`() {
        #expect(ResolvConf.renderForHostNetwork(host: "# x\nnameserver 127.0.0.53\n") == "# x\nnameserver 127.0.0.53\n")
    }

    @Test func `the hosts file names the container after localhost and the added hosts`() throws {
        let extra = try #require(HostsFile.ExtraHost(parsing: "db:10.0.0.9", gateway: nil))
        let text = HostsFile.render(address: "172.17.0.2", hostname: "web", domain: "example.test", extra: [extra])
        #expect(text.hasPrefix("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"))
        #expect(text.hasSuffix("10.0.0.9\tdb\n172.17.0.2\tweb.example.test web\n"))
    }

    @Test func `an added host takes IPv6 and the host's gateway, and refuses what is no address`() {
        #expect(HostsFile.ExtraHost(parsing: "six:[2001:db8::1]", gateway: nil)?.address == "2001:db8::1")
        #expect(HostsFile.ExtraHost(parsing: "up=host-gateway", gateway: "172.17.0.1")?.address == "172.17.0.1")
        #expect(HostsFile.ExtraHost(parsing: "up:nowhere", gateway: nil) == nil)
        #expect(HostsFile.ExtraHost(parsing: "a\nb:1.2.3.4", gateway: nil) == nil)
    }
}
