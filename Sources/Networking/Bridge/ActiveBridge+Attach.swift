import Glibc
import LinuxSystem

extension ActiveBridge {
    private static let containerInterface = "eth0"

    func attach(_ request: EndpointRequest) throws(NetworkingError) -> Endpoint {
        guard endpoints[request.id] == nil else { throw .alreadyAttached(request.id) }
        try validateIdentifier(request.id)
        let address = try allocate(request.ipAddress)
        let held: [HostPort]
        do {
            held = try hold(request.ports)
        } catch {
            pool.release(address)
            throw error
        }
        let digits = Self.randomDigits()
        let endpoint = Endpoint(
            id: request.id, hostname: request.hostname, ipAddress: address, prefixLength: self.address.length,
            gateway: self.address.address, macAddress: request.macAddress ?? MACAddress(derivedFrom: address),
            namespacePath: "\(namespaceDirectory)/\(request.id.prefix(12))-\(digits)",
            hostInterface: Self.interfacePrefix + digits,
            ports: held.map(\.port))
        do {
            try records.write(endpoint, as: endpoint.id)
            try make(endpoint)
            try carry(held, to: address)
        } catch {
            dismantle(endpoint)
            pool.release(address)
            throw error
        }
        endpoints[endpoint.id] = Attachment(endpoint: endpoint, held: held)
        return endpoint
    }

    /// An id names files: nothing in it may lead elsewhere.
    private func validateIdentifier(_ id: String) throws(NetworkingError) {
        let isPlain = id.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
                || byte == 45 || byte == 46
        }
        guard isPlain, !id.isEmpty, id.utf8.count <= 128, !id.hasPrefix(".") else {
            throw .record(path: id, reason: "not usable as an endpoint's id")
        }
    }

    private func allocate(_ wanted: IPv4Address?) throws(NetworkingError) -> IPv4Address {
        if let wanted {
            guard pool.reserve(wanted) else { throw .addressUnavailable(wanted, subnet: pool.subnet) }
            return wanted
        }
        guard let address = pool.allocate() else { throw .addressesExhausted(subnet: pool.subnet) }
        return address
    }

    /// Seven hexadecimal digits that set names apart: from other engines' on this host, and from those of the same
    /// container's last attachment, which may be on its way out.
    private static func randomDigits() -> String {
        let digits = String(UInt32.random(in: 0..<1 << 28), radix: 16)
        return String(repeating: "0", count: 7 - digits.count) + digits
    }

    /// Makes links recognisable as made here.
    static let interfacePrefix = "vethsk"

    private func make(_ endpoint: Endpoint) throws(NetworkingError) {
        let handle = try NetworkNamespace.createConfigurable(at: endpoint.namespacePath)
        let pair = VethPair(
            hostName: endpoint.hostInterface, bridge: index, peerName: Self.containerInterface,
            peerAddress: endpoint.macAddress, peerNamespace: handle.namespace.rawValue, mtu: configuration.mtu)
        do {
            try route.perform([.createVeth(pair)] + portSettings(of: endpoint))
            let inside = RouteClient(over: handle.socket)
            try configure(endpoint, through: inside)
            try inside.settle(Self.containerInterface)
            try route.settle(endpoint.hostInterface)
        } catch {
            throw .netlink(error)
        }
        try publish(endpoint)
    }

    /// Where the kernel lets bridged frames pass the IP rules (br_netfilter), a container's call to its own published
    /// port is turned round inside the bridge, which only a port in hairpin mode allows.
    private func portSettings(of endpoint: Endpoint) -> [NetlinkRequest] {
        let hairpin = !endpoint.ports.isEmpty
        let isolated = !configuration.interContainerCommunication
        guard hairpin || isolated else { return [] }
        return [.setBridgePort(endpoint.hostInterface, hairpin: hairpin, isolated: isolated)]
    }

    private func configure(_ endpoint: Endpoint, through inside: RouteClient) throws(NetlinkError) {
        let name = Self.containerInterface
        guard let link = try inside.link(named: name),
            let prefix = IPv4Prefix(address: endpoint.ipAddress, length: endpoint.prefixLength)
        else {
            throw NetlinkError(operation: "look up link in namespace", subject: name, errno: ENODEV)
        }
        try inside.perform([
            .bringUp(NetworkNamespace.loopbackIndex, name: "lo"),
            .addAddress(prefix, to: link.index, name: name),
            .bringUp(link.index, name: name),
            .addDefaultRoute(via: endpoint.gateway, over: link.index),
        ])
    }

    private func publish(_ endpoint: Endpoint) throws(NetworkingError) {
        let commands = ruleset.add(forwardings(of: endpoint))
        guard !commands.isEmpty else { return }
        do {
            try firewall.apply(commands)
        } catch {
            // Somebody flushed the rules: make the table anew, with this endpoint in it.
            endpoints[endpoint.id] = Attachment(endpoint: endpoint, held: [])
            defer { endpoints[endpoint.id] = nil }
            try replaceRules()
        }
    }
}
