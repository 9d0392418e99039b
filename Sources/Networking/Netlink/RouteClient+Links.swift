import Glibc

/// A network interface as the kernel describes it.
package struct NetworkLink: Hashable, Sendable {
    package let index: UInt32
    package let name: String
    /// `veth`, `bridge` …; nil for physical ones.
    package let kind: String?
    /// The index of the bridge it is a port of.
    package let master: UInt32?

    init?(_ reply: NetlinkReply) {
        let attributes = NetlinkAttributes(reply.payload, from: MemoryLayout<LinkHeader>.size)
        guard reply.type == RouteMessage.newLink, let index = reply.payload.integer(UInt32.self, at: 4),
            let name = attributes.string(LinkAttribute.name)
        else { return nil }
        self.index = index
        self.name = name
        kind = attributes[LinkAttribute.linkInfo].flatMap {
            NetlinkAttributes($0, from: 0).string(LinkAttribute.kind)
        }
        master = attributes.integer(LinkAttribute.master, as: UInt32.self)
    }
}

/// A pair of connected interfaces: one end a port of a bridge here, the other in a container's namespace.
package struct VethPair: Sendable {
    package var hostName: String
    package var bridge: UInt32
    package var peerName: String
    package var peerAddress: MACAddress
    /// A descriptor of the namespace the peer is born in.
    package var peerNamespace: Int32
    package var mtu: UInt32

    package init(
        hostName: String, bridge: UInt32, peerName: String, peerAddress: MACAddress, peerNamespace: Int32, mtu: UInt32
    ) {
        self.hostName = hostName
        self.bridge = bridge
        self.peerName = peerName
        self.peerAddress = peerAddress
        self.peerNamespace = peerNamespace
        self.mtu = mtu
    }
}

extension NetlinkRequest {
    package static func createBridge(_ name: String, address: MACAddress, mtu: UInt32) -> NetlinkRequest {
        NetlinkRequest(
            operation: "create bridge", subject: name, type: RouteMessage.newLink,
            flags: NetlinkFlags.create | NetlinkFlags.exclusive
        ) {
            $0.append(LinkHeader())
            $0.attribute(LinkAttribute.name, string: name)
            $0.attribute(LinkAttribute.mtu, mtu)
            // A bridge without an address of its own takes one of its ports', which come and go.
            $0.attribute(LinkAttribute.address, bytes: address.octets)
            $0.nested(LinkAttribute.linkInfo) { $0.attribute(LinkAttribute.kind, string: "bridge") }
        }
    }

    /// Both ends in one request: the peer is made in its namespace under its final name, and the host's end comes up as a port of
    /// the bridge.
    package static func createVeth(_ pair: VethPair) -> NetlinkRequest {
        NetlinkRequest(
            operation: "create veth pair", subject: pair.hostName, type: RouteMessage.newLink,
            flags: NetlinkFlags.create | NetlinkFlags.exclusive
        ) {
            $0.append(LinkHeader(flags: LinkHeader.up, change: LinkHeader.up))
            $0.attribute(LinkAttribute.name, string: pair.hostName)
            $0.attribute(LinkAttribute.mtu, pair.mtu)
            $0.attribute(LinkAttribute.master, pair.bridge)
            $0.nested(LinkAttribute.linkInfo) {
                $0.attribute(LinkAttribute.kind, string: "veth")
                $0.nested(LinkAttribute.kindData) {
                    $0.nested(LinkAttribute.vethPeer) {
                        // The peer is made before it has anybody to be connected to, and cannot come up yet.
                        $0.append(LinkHeader())
                        $0.attribute(LinkAttribute.name, string: pair.peerName)
                        $0.attribute(LinkAttribute.mtu, pair.mtu)
                        $0.attribute(LinkAttribute.address, bytes: pair.peerAddress.octets)
                        $0.attribute(LinkAttribute.namespaceDescriptor, pair.peerNamespace)
                    }
                }
            }
        }
    }

    /// Settings of a link as a port of its bridge, see bridge(8).
    package static func setBridgePort(_ name: String, hairpin: Bool, isolated: Bool) -> NetlinkRequest {
        NetlinkRequest(operation: "set up bridge port", subject: name, type: RouteMessage.newLink, flags: 0) {
            $0.append(LinkHeader())
            $0.attribute(LinkAttribute.name, string: name)
            $0.nested(LinkAttribute.linkInfo) {
                $0.attribute(LinkAttribute.masterKind, string: "bridge")
                $0.nested(LinkAttribute.masterData) {
                    $0.attribute(BridgePortAttribute.hairpin, UInt8(hairpin ? 1 : 0))
                    $0.attribute(BridgePortAttribute.isolated, UInt8(isolated ? 1 : 0))
                }
            }
        }
    }

    /// Cuts a port off its bridge at once and makes the bridge forget who was behind it; the link itself stays.
    ///
    /// The bridge's own message does it: after a change of the link's, a bridge opens a port that has a carrier again.
    package static func closeBridgePort(_ index: UInt32, name: String) -> NetlinkRequest {
        NetlinkRequest(operation: "close bridge port", subject: name, type: RouteMessage.setLink, flags: 0) {
            $0.append(LinkHeader(family: LinkHeader.bridgeFamily, index: Int32(bitPattern: index)))
            $0.nested(LinkAttribute.protocolInfo | LinkAttribute.nestedFlag) {
                for flag in [
                    BridgePortAttribute.learning, BridgePortAttribute.unicastFlood,
                    BridgePortAttribute.multicastFlood, BridgePortAttribute.broadcastFlood,
                ] {
                    $0.attribute(flag, UInt8(0))
                }
                $0.attribute(BridgePortAttribute.state, UInt8(0))
                $0.attribute(BridgePortAttribute.flush, bytes: [])
            }
        }
    }

    package static func bringUp(_ index: UInt32, name: String) -> NetlinkRequest {
        NetlinkRequest(operation: "bring up", subject: name, type: RouteMessage.setLink, flags: 0) {
            $0.append(LinkHeader(index: Int32(bitPattern: index), flags: LinkHeader.up, change: LinkHeader.up))
        }
    }

    package static func deleteLink(_ name: String) -> NetlinkRequest {
        NetlinkRequest(operation: "delete link", subject: name, type: RouteMessage.deleteLink, flags: 0) {
            $0.append(LinkHeader())
            $0.attribute(LinkAttribute.name, string: name)
        }
    }
}

extension RouteClient {
    /// The link of this name; nil where there is none.
    package func link(named name: String) throws(NetlinkError) -> NetworkLink? {
        let request = NetlinkRequest(operation: "look up link", subject: name, type: RouteMessage.getLink, flags: 0) {
            $0.append(LinkHeader())
            $0.attribute(LinkAttribute.extendedMask, LinkAttribute.skipStatistics)
            $0.attribute(LinkAttribute.name, string: name)
        }
        do {
            return try query(request).lazy.compactMap(NetworkLink.init).first
        } catch let error where error.errno == ENODEV {
            return nil
        }
    }

    /// Makes the kernel act on a link's new carrier now: until its deferred work has run, up to a second later, the link
    /// drops what is sent and a bridge keeps the port closed. Asking for the link runs it, since Linux 6.9.
    package func settle(_ name: String) throws(NetlinkError) {
        _ = try link(named: name)
    }

    /// Every link that is a port of this bridge.
    package func ports(ofBridge bridge: UInt32) throws(NetlinkError) -> [NetworkLink] {
        // A kernel without strict checks lists every link whatever the filter.
        try links { $0.attribute(LinkAttribute.master, bridge) }.filter { $0.master == bridge }
    }

    /// The names of all links.
    package func linkNames() throws(NetlinkError) -> [String] { try links { _ in }.map(\.name) }

    private func links(filter: (inout NetlinkWriter) -> Void) throws(NetlinkError) -> [NetworkLink] {
        let request = NetlinkRequest(
            operation: "list links", subject: "of the host", type: RouteMessage.getLink, flags: NetlinkFlags.dump
        ) {
            $0.append(LinkHeader())
            $0.attribute(LinkAttribute.extendedMask, LinkAttribute.skipStatistics)
            filter(&$0)
        }
        return try query(request).compactMap(NetworkLink.init)
    }

    /// Removes a link; one that is gone already is as good.
    package func removeLink(_ name: String) throws(NetlinkError) {
        do {
            try perform([.deleteLink(name)])
        } catch let error where error.errno == ENODEV {
            return
        }
    }
}
