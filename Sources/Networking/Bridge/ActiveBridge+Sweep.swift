import Glibc
import LinuxSystem

extension ActiveBridge {
    func sweep(keeping ids: Set<String>) throws(NetworkingError) -> [Endpoint] {
        for (id, attachment) in endpoints.sorted(by: { $0.key < $1.key }) {
            // After a reboot a record outlives its namespace.
            guard ids.contains(id), NetworkNamespace.isPinned(at: attachment.endpoint.namespacePath) else {
                try detach(id)
                continue
            }
            guard attachment.held.isEmpty else { continue }
            let held = reclaim(attachment.endpoint.ports)
            try carry(held, to: attachment.endpoint.ipAddress)
            endpoints[id]?.held = held
        }
        try removeUnclaimed()
        return endpoints.values.map(\.endpoint).sorted { $0.ipAddress < $1.ipAddress }
    }

    /// The rules forward whether or not the port is held, so one that another process took meanwhile is left to it.
    private func reclaim(_ ports: [PortPublication]) -> [HostPort] {
        ports.compactMap { try? HostPort.bind($0) }
    }

    private func removeUnclaimed() throws(NetworkingError) {
        let claimed = Set(endpoints.values.map(\.endpoint.hostInterface))
        do {
            for link in try route.ports(ofBridge: index)
            where link.name.hasPrefix(Self.interfacePrefix) && !claimed.contains(link.name)
                && leaving[link.name] == nil
            {
                try route.removeLink(link.name)
            }
        } catch {
            throw .netlink(error)
        }
        let pinned = Set(endpoints.values.map(\.endpoint.namespacePath))
        for name in (try? File.names(in: namespaceDirectory)) ?? [] {
            let path = namespaceDirectory + "/" + name
            if !pinned.contains(path) { reaper.remove(at: path) }
        }
        for name in records.names() where endpoints[name] == nil { records.remove(name) }
    }
}
