import LinuxSystem

/// The kernel's table of connections (ctnetlink).
enum ConnectionTracking {
    /// `NETLINK_NETFILTER`.
    private static let family: Int32 = 12
    /// `NFNL_SUBSYS_CTNETLINK << 8` with `IPCTNL_MSG_CT_NEW`, `…_GET` and `…_DELETE`.
    private static let entry: UInt16 = 1 << 8
    private static let get: UInt16 = 1 << 8 | 1
    private static let delete: UInt16 = 1 << 8 | 2
    private static let originalTuple: UInt16 = 1
    private static let replyTuple: UInt16 = 2
    private static let tupleAddresses: UInt16 = 1
    private static let tupleProtocol: UInt16 = 2
    private static let sourceAddress: UInt16 = 1
    private static let protocolNumber: UInt16 = 1
    private static let udp: UInt8 = 17
    private static let nested: UInt16 = 0x8000

    /// `struct nfgenmsg` for IPv4.
    private struct Header: BitwiseCopyable {
        var family: UInt8 = 2
        var version: UInt8 = 0
        var resource: UInt16 = 0
    }

    /// Forgets the UDP flows that this address answers. A client that goes on sending would otherwise be led to the
    /// address for minutes, whoever has it by then.
    static func forgetDatagramFlows(answeredBy address: IPv4Address) throws(NetlinkError) {
        let client = RouteClient(over: try open(address))
        let listing = NetlinkRequest(
            operation: "list connections", subject: "of \(address)", type: get, flags: NetlinkFlags.dump
        ) {
            $0.append(Header())
        }
        for reply in try client.query(listing) where reply.type == entry {
            let attributes = NetlinkAttributes(reply.payload, from: MemoryLayout<Header>.size)
            guard let original = attributes[originalTuple], let answer = attributes[replyTuple],
                isDatagram(answer, from: address)
            else { continue }
            // One that ended meanwhile is as good.
            try? client.perform([
                NetlinkRequest(operation: "forget connection", subject: "of \(address)", type: delete, flags: 0) {
                    $0.append(Header())
                    $0.attribute(originalTuple | nested, bytes: original)
                }
            ])
        }
    }

    private static func open(_ address: IPv4Address) throws(NetlinkError) -> NetlinkSocket {
        do {
            return try NetlinkSocket(family: family)
        } catch {
            throw NetlinkError(operation: "list connections", subject: "of \(address)", errno: error.errno)
        }
    }

    private static func isDatagram(_ tuple: [UInt8], from address: IPv4Address) -> Bool {
        let parts = NetlinkAttributes(tuple, from: 0)
        guard let addresses = parts[tupleAddresses], let transport = parts[tupleProtocol] else { return false }
        return NetlinkAttributes(addresses, from: 0).address(sourceAddress) == address
            && NetlinkAttributes(transport, from: 0).integer(protocolNumber, as: UInt8.self) == udp
    }
}
