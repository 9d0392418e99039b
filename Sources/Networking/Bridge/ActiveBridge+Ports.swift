import Glibc

extension ActiveBridge {
    /// Holds every publication's host port; a publication on all addresses is held once per family under one number.
    func hold(_ ports: [PortPublication]) throws(NetworkingError) -> [HostPort] {
        var held: [HostPort] = []
        for port in ports {
            guard port.hostIP == nil else {
                held.append(try hold(port, against: held))
                continue
            }
            held += try holdBothFamilies(port, against: held)
        }
        return held
    }

    private func holdBothFamilies(_ port: PortPublication, against held: [HostPort]) throws(NetworkingError)
        -> [HostPort]
    {
        var attempts = port.hostPort == 0 ? 16 : 1
        while true {
            attempts -= 1
            var wanted = port
            wanted.hostIP = .anyV4
            let first = try hold(wanted, against: held)
            guard port.transport == .tcp else { return [first] }
            wanted.hostIP = .anyV6
            wanted.hostPort = first.port.hostPort
            do {
                return [first, try hold(wanted, against: held)]
            } catch NetworkingError.portUnavailable(_, let error)
                where error.errno == EAFNOSUPPORT || error.errno == EADDRNOTAVAIL
            {
                // A host without IPv6.
                return [first]
            } catch  where attempts > 0 {
                // The number the kernel chose for IPv4 is taken for IPv6: let it choose again.
                continue
            }
        }
    }

    private func hold(_ port: PortPublication, against held: [HostPort]) throws(NetworkingError) -> HostPort {
        if case .v6 = port.hostIP, port.transport != .tcp {
            throw .portUnsupported(port, reason: "only TCP can be published on an IPv6 address")
        }
        try check(port, against: held.map(\.port))
        return try HostPort.bind(port)
    }

    /// Lets what the rules do not forward be carried by this process.
    func carry(_ held: [HostPort], to container: IPv4Address) throws(NetworkingError) {
        for port in held where port.isProxied { try port.forward(to: container, by: try startedProxy()) }
    }

    private func startedProxy() throws(NetworkingError) -> PortProxy {
        if let proxy { return proxy }
        do {
            let started = try PortProxy()
            proxy = started
            return started
        } catch {
            throw .system(error)
        }
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
