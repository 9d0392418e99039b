import Glibc

extension ActiveBridge {
    /// Holds every publication's host port; a publication on all addresses is held once per family under one number.
    func hold(_ ports: [PortPublication]) throws(NetworkingError) -> [HostPort] {
        var held: [HostPort] = []
        for port in ports {
            try check(port, against: held.map(\.port))
            held += [try HostPort.bind(port)]
        }
        return held
    }

    private func check(_ port: PortPublication, against own: [PortPublication]) throws(NetworkingError) {
        guard port.hostPort != 0 else { return }
        let taken = endpoints.values.contains { attachment in
            attachment.endpoint.ports.contains { $0.collides(with: port) }
        }
        guard !taken, !own.contains(where: { $0.collides(with: port) }) else { throw .portAllocated(port) }
    }
}

extension PortPublication {
    /// Whether both cannot be bound at once.
    func collides(with other: PortPublication) -> Bool {
        guard transport == other.transport, hostPort == other.hostPort else { return false }
        switch (hostIP ?? .anyV4, other.hostIP ?? .anyV4) {
        case (.v4(let left), .v4(let right)): return left == right || left == .any || right == .any
        case (.v6(let left), .v6(let right)):
            return left == right || IPAddress.v6(left).isWildcard || IPAddress.v6(right).isWildcard
        default: return false
        }
    }
}
