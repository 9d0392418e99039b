import Glibc

extension NetlinkRequest {
    package static func addAddress(_ prefix: IPv4Prefix, to index: UInt32, name: String) -> NetlinkRequest {
        NetlinkRequest(
            operation: "add address \(prefix) to", subject: name, type: RouteMessage.newAddress,
            flags: NetlinkFlags.create | NetlinkFlags.replace
        ) {
            $0.append(AddressHeader(prefixLength: UInt8(prefix.length), index: index))
            $0.attribute(AddressAttribute.local, bytes: prefix.address.octets)
            $0.attribute(AddressAttribute.address, bytes: prefix.address.octets)
            if prefix.length < 31 { $0.attribute(AddressAttribute.broadcast, bytes: prefix.last.octets) }
        }
    }

    package static func removeAddress(_ prefix: IPv4Prefix, from index: UInt32, name: String) -> NetlinkRequest {
        NetlinkRequest(
            operation: "remove address \(prefix) from", subject: name, type: RouteMessage.deleteAddress, flags: 0
        ) {
            $0.append(AddressHeader(prefixLength: UInt8(prefix.length), index: index))
            $0.attribute(AddressAttribute.local, bytes: prefix.address.octets)
            $0.attribute(AddressAttribute.address, bytes: prefix.address.octets)
        }
    }

    package static func addDefaultRoute(via gateway: IPv4Address, over index: UInt32) -> NetlinkRequest {
        NetlinkRequest(
            operation: "add default route via", subject: "\(gateway)", type: RouteMessage.newRoute,
            flags: NetlinkFlags.create | NetlinkFlags.exclusive
        ) {
            $0.append(RouteHeader())
            $0.attribute(RouteAttribute.gateway, bytes: gateway.octets)
            $0.attribute(RouteAttribute.outgoingInterface, index)
        }
    }
}

/// An address of an interface of this host.
package struct InterfaceAddress: Hashable, Sendable {
    package let link: UInt32
    package let prefix: IPv4Prefix
}

extension RouteClient {
    /// Every IPv4 address of every interface.
    package func addresses() throws(NetlinkError) -> [InterfaceAddress] {
        let request = NetlinkRequest(
            operation: "list addresses", subject: "of the host", type: RouteMessage.getAddress,
            flags: NetlinkFlags.dump
        ) {
            $0.append(AddressHeader())
        }
        return try query(request).compactMap { reply in
            let attributes = NetlinkAttributes(reply.payload, from: MemoryLayout<AddressHeader>.size)
            guard reply.type == RouteMessage.newAddress, let length = reply.payload.integer(UInt8.self, at: 1),
                let link = reply.payload.integer(UInt32.self, at: 4),
                let address = attributes.address(AddressAttribute.local)
                    ?? attributes.address(AddressAttribute.address),
                let prefix = IPv4Prefix(address: address, length: Int(length))
            else { return nil }
            return InterfaceAddress(link: link, prefix: prefix)
        }
    }

    /// The destination of every IPv4 route but default ones.
    package func routedSubnets() throws(NetlinkError) -> [IPv4Prefix] {
        let request = NetlinkRequest(
            operation: "list routes", subject: "of the host", type: RouteMessage.getRoute, flags: NetlinkFlags.dump
        ) {
            $0.append(RouteHeader(table: 0, origin: 0, type: 0))
        }
        return try query(request).compactMap { reply in
            let attributes = NetlinkAttributes(reply.payload, from: MemoryLayout<RouteHeader>.size)
            guard reply.type == RouteMessage.newRoute, let length = reply.payload.integer(UInt8.self, at: 1),
                length > 0, let address = attributes.address(RouteAttribute.destination)
            else { return nil }
            return IPv4Prefix(address: address, length: Int(length))
        }
    }
}
