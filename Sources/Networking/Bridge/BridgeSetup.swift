import Glibc
import LinuxSystem

/// Makes a network's bridge, or finds the one that is there, and gives it its address.
struct BridgeSetup {
    let configuration: BridgeConfiguration
    let route: RouteClient
    let records: RecordStore

    /// Engines of one host choose their subnets one after another.
    private static let lockPath = "/run/skiff-subnets.lock"

    func run() throws(NetworkingError) -> (index: UInt32, address: IPv4Prefix) {
        let lock = try lockSubnets()
        defer { _ = flock(lock.rawValue, LOCK_UN) }
        let host = try asking { () throws(NetlinkError) in try survey() }
        let previous = records.read(ActiveBridge.networkRecord, as: ActiveBridge.Record.self)
        guard let address = chooseAddress(on: host, previous: previous?.address) else { throw .subnetsExhausted }
        let isOwned = host.bridge == nil || previous?.isOwned == true
        try records.write(ActiveBridge.Record(address: address, isOwned: isOwned), as: ActiveBridge.networkRecord)
        let index = try asking { () throws(NetlinkError) in
            try make(existing: host.bridge, address: address, replacing: isOwned ? host.current : [])
        }
        do { try allowForwarding() } catch { throw .system(error) }
        return (index, address)
    }

    /// What the host has before anything is made.
    private struct Host {
        let bridge: NetworkLink?
        let current: [IPv4Prefix]
        let used: [IPv4Prefix]
    }

    private func survey() throws(NetlinkError) -> Host {
        let bridge = try route.link(named: configuration.name)
        let addresses = try route.addresses()
        return Host(
            bridge: bridge, current: addresses.filter { $0.link == bridge?.index }.map(\.prefix),
            used: addresses.map(\.prefix) + (try route.routedSubnets()))
    }

    private func asking<Value>(_ body: () throws(NetlinkError) -> Value) throws(NetworkingError) -> Value {
        do { return try body() } catch { throw .netlink(error) }
    }

    /// What is asked for, else what the bridge has, else what it had, else a subnet nobody on this host uses.
    private func chooseAddress(on host: Host, previous: IPv4Prefix?) -> IPv4Prefix? {
        if let asked = configuration.address { return asked }
        if let present = host.current.first { return present }
        if let previous, !host.used.contains(where: previous.overlaps) { return previous }
        return SubnetPool.firstFree(avoiding: host.used)
    }

    private func make(existing: NetworkLink?, address: IPv4Prefix, replacing old: [IPv4Prefix]) throws(NetlinkError)
        -> UInt32
    {
        let name = configuration.name
        if existing == nil {
            let mac = MACAddress(derivedFrom: address.address)
            try route.perform([.createBridge(name, address: mac, mtu: configuration.mtu)])
        }
        var found = existing
        if found == nil { found = try route.link(named: name) }
        guard let link = found else {
            throw NetlinkError(operation: "look up bridge", subject: name, errno: ENODEV)
        }
        guard link.kind == "bridge" else {
            throw NetlinkError(operation: "use as a bridge", subject: name, errno: EINVAL, detail: "it is none")
        }
        let obsolete = old.filter { $0 != address }
        try route.perform(
            obsolete.map { .removeAddress($0, from: link.index, name: name) }
                + [.addAddress(address, to: link.index, name: name), .bringUp(link.index, name: name)])
        return link.index
    }

    private func allowForwarding() throws(SystemError) {
        // A connection from the host's 127.0.0.1 to a container leaves over the bridge; the rules drop all other use.
        try Sysctl.set("net/ipv4/conf/\(configuration.name)/route_localnet", to: "1")
        let forward = "net/ipv4/ip_forward"
        if Sysctl.get(forward) != "1" { try Sysctl.set(forward, to: "1") }
    }

    private func lockSubnets() throws(NetworkingError) -> Descriptor {
        do {
            let file = try Descriptor.open(Self.lockPath, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
            try systemCall("lock", Self.lockPath) { flock(file.rawValue, LOCK_EX) }
            return file
        } catch {
            throw .system(error)
        }
    }
}
