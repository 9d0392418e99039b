import Networking
import Testing

/// Bytes as the kernel's headers lay them out on a little-endian machine.
@Suite struct NetlinkRequestTests {
    @Test func `bringing a link up names it by index and sets one flag`() {
        #expect(
            NetlinkRequest.bringUp(7, name: "lo").encoded(sequence: 3) == [
                32, 0, 0, 0, 19, 0, 5, 0, 3, 0, 0, 0, 0, 0, 0, 0,
                0, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,
            ])
    }

    @Test func `an address carries its local, peer and broadcast form`() throws {
        let prefix = try #require(IPv4Prefix(parsing: "172.17.0.2/16"))
        #expect(
            NetlinkRequest.addAddress(prefix, to: 2, name: "eth0").encoded(sequence: 1) == [
                48, 0, 0, 0, 20, 0, 5, 5, 1, 0, 0, 0, 0, 0, 0, 0,
                2, 16, 0, 0, 2, 0, 0, 0,
                8, 0, 2, 0, 172, 17, 0, 2,
                8, 0, 1, 0, 172, 17, 0, 2,
                8, 0, 4, 0, 172, 17, 255, 255,
            ])
    }

    @Test func `a default route has a gateway and an interface and no destination`() throws {
        let gateway = try #require(IPv4Address(parsing: "172.17.0.1"))
        #expect(
            NetlinkRequest.addDefaultRoute(via: gateway, over: 2).encoded(sequence: 9) == [
                44, 0, 0, 0, 24, 0, 5, 6, 9, 0, 0, 0, 0, 0, 0, 0,
                2, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0,
                8, 0, 5, 0, 172, 17, 0, 1,
                8, 0, 4, 0, 2, 0, 0, 0,
            ])
    }

    @Test func `a veth pair is one request with its peer nested in it`() throws {
        let pair = VethPair(
            hostName: "vethsk1", bridge: 5, peerName: "eth0",
            peerAddress: try #require(MACAddress(parsing: "02:42:ac:11:00:02")), peerNamespace: 9, mtu: 1500)
        let bytes = NetlinkRequest.createVeth(pair).encoded(sequence: 1)
        let peer: [UInt8] =
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            + [9, 0, 3, 0] + Array("eth0".utf8) + [0, 0, 0, 0]
            + [8, 0, 4, 0, 0xDC, 5, 0, 0]
            + [10, 0, 1, 0, 2, 0x42, 0xAC, 0x11, 0, 2, 0, 0]
            + [8, 0, 28, 0, 9, 0, 0, 0]
        let kind: [UInt8] = [9, 0, 1, 0] + Array("veth".utf8) + [0, 0, 0, 0]
        let data: [UInt8] = [UInt8(peer.count + 8), 0, 2, 0, UInt8(peer.count + 4), 0, 1, 0] + peer
        let expected: [UInt8] =
            [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
            + [12, 0, 3, 0] + Array("vethsk1".utf8) + [0]
            + [8, 0, 4, 0, 0xDC, 5, 0, 0]
            + [8, 0, 10, 0, 5, 0, 0, 0]
            + [UInt8(4 + kind.count + data.count), 0, 18, 0] + kind + data
        #expect(Array(bytes[16...]) == expected)
        #expect(Array(bytes[..<8]) == [UInt8(16 + expected.count), 0, 0, 0, 16, 0, 5, 6])
    }
}
