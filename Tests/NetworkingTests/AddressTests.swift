import Networking
import Testing

@Suite struct AddressTests {
    @Test(arguments: ["1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.-4", "+1.2.3.4", "", "1..2.3"])
    func `what is no IPv4 address is refused`(_ text: String) {
        #expect(IPv4Address(parsing: text) == nil)
    }

    @Test(arguments: ["10.0.0.1", "10.0.0.1/33", "10.0.0.1/", "10.0.0.1/-1", "/8"])
    func `what is no prefix is refused`(_ text: String) {
        #expect(IPv4Prefix(parsing: text) == nil)
    }

    @Test func `a prefix knows its subnet and its ends`() throws {
        let prefix = try #require(IPv4Prefix(parsing: "172.17.42.1/16"))
        #expect("\(prefix.subnet)" == "172.17.0.0/16")
        #expect("\(prefix.first) \(prefix.last)" == "172.17.0.0 172.17.255.255")
        #expect(prefix.overlaps(try #require(IPv4Prefix(parsing: "172.17.255.0/24"))))
        #expect(!prefix.overlaps(try #require(IPv4Prefix(parsing: "172.18.0.0/16"))))
    }

    @Test func `a MAC address follows from the address as Docker derives it`() throws {
        let address = try #require(IPv4Address(parsing: "172.17.0.2"))
        #expect("\(MACAddress(derivedFrom: address))" == "02:42:ac:11:00:02")
        #expect(MACAddress(parsing: "01:00:5e:00:00:01") == nil, "a multicast address names no interface")
    }

    @Test func `IPv6 addresses are written in their short form and in brackets before a port`() throws {
        let address = try #require(IPAddress(parsing: "0:0:0:0:0:0:0:1"))
        #expect(address == .loopbackV6)
        #expect(address.withPort(80) == "[::1]:80")
    }

    @Test func `addresses are given lowest first and again once released`() throws {
        var pool = AddressPool(
            subnet: try #require(IPv4Prefix(parsing: "10.9.0.0/29")),
            reserved: [try #require(IPv4Address(parsing: "10.9.0.1"))])
        let all = (0..<5).compactMap { _ in pool.allocate()?.description }
        #expect(all == ["10.9.0.2", "10.9.0.3", "10.9.0.4", "10.9.0.5", "10.9.0.6"])
        #expect(pool.allocate() == nil)
        pool.release(try #require(IPv4Address(parsing: "10.9.0.3")))
        #expect(pool.allocate()?.description == "10.9.0.3")
        #expect(!pool.reserve(try #require(IPv4Address(parsing: "10.9.0.3"))))
        #expect(!pool.reserve(try #require(IPv4Address(parsing: "10.9.1.3"))))
    }

    @Test func `subnets in use are passed over, then the small blocks follow`() throws {
        let used = try ["172.17.0.0/16", "172.18.4.0/24"].map { try #require(IPv4Prefix(parsing: $0)) }
        #expect(SubnetPool.firstFree(avoiding: used)?.description == "172.19.0.1/16")
        let large = [try #require(IPv4Prefix(parsing: "172.16.0.0/12"))]
        #expect(SubnetPool.firstFree(avoiding: large)?.description == "192.168.0.1/20")
        #expect(
            SubnetPool.firstFree(avoiding: [try #require(IPv4Prefix(parsing: "0.0.0.0/1"))])?.description
                == "172.17.0.1/16")
        #expect(SubnetPool.firstFree(avoiding: [try #require(IPv4Prefix(parsing: "128.0.0.0/1"))]) == nil)
    }
}
