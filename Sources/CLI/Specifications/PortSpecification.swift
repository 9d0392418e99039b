/// A published port, as `[ip:][hostPort:]containerPort[/protocol]` or Docker's long form write it.
package struct PortSpecification: Equatable, Sendable {
    package let hostIP: String
    /// Empty lets the engine choose; may be a range.
    package let hostPort: String
    package let containerPort: UInt16
    package let transport: String

    /// `80/tcp`, the key that the engine uses.
    package var key: String { "\(containerPort)/\(transport)" }

    /// Reads one `-p` value, which may be a range and so stand for several ports.
    package static func parse(_ text: String) throws(CommandFailure) -> [PortSpecification] {
        if text.contains("target=") {
            return try parse(short: try shortForm(text))
        }
        return try parse(short: text)
    }

    /// `published=8080,target=80,protocol=tcp,mode=host` as the short form.
    private static func shortForm(_ text: String) throws(CommandFailure) -> String {
        var fields: [String: String] = [:]
        for field in text.split(separator: ",") {
            guard let (name, value) = String(field).cut(at: "=") else {
                throw CommandFailure("invalid field '\(field)' must be a key=value pair")
            }
            fields[name.lowercased()] = value
        }
        guard let target = fields["target"] else {
            throw CommandFailure("invalid publish opts format (should be name=value but got '\(text)')")
        }
        return (fields["published"] ?? "") + ":" + target + "/" + (fields["protocol"] ?? "tcp")
    }

    private static func parse(short text: String) throws(CommandFailure) -> [PortSpecification] {
        let (address, transport) = text.cut(at: "/") ?? (text, "tcp")
        let (hostIP, hostPort, containerPort) = try split(address)
        guard !containerPort.isEmpty else { throw CommandFailure("no port specified: \(text)<empty>") }
        guard let container = PortRange(containerPort) else {
            throw CommandFailure("invalid containerPort: \(containerPort)")
        }
        var host: PortRange?
        if !hostPort.isEmpty {
            guard let range = PortRange(hostPort) else { throw CommandFailure("invalid hostPort: \(hostPort)") }
            host = range
        }
        // A range on the host for one container port lets the engine choose among them.
        if let host, host.count != container.count, container.count != 1 {
            throw CommandFailure(
                "invalid ranges specified for container and host Ports: \(containerPort) and \(hostPort)")
        }
        guard ["tcp", "udp", "sctp"].contains(transport.lowercased()) else {
            throw CommandFailure("invalid proto: \(transport)")
        }
        return container.ports.enumerated().map { offset, port in
            let chosen = host.map { host in
                host.count == container.count ? String(Int(host.first) + offset) : hostPort
            }
            return PortSpecification(
                hostIP: hostIP, hostPort: chosen ?? "", containerPort: port, transport: transport.lowercased())
        }
    }

    private static func split(
        _ address: String
    ) throws(CommandFailure) -> (hostIP: String, hostPort: String, containerPort: String) {
        guard let lastColon = address.lastIndex(of: ":") else { return ("", "", address) }
        let containerPort = String(address[address.index(after: lastColon)...])
        let host = address[..<lastColon]
        guard let portColon = host.lastIndex(of: ":") else { return ("", String(host), containerPort) }
        var hostIP = String(host[..<portColon])
        if hostIP.hasPrefix("["), hostIP.hasSuffix("]") { hostIP = String(hostIP.dropFirst().dropLast()) }
        guard hostIP.isEmpty || IPAddress.isValid(hostIP) else { throw CommandFailure("invalid IP address: \(hostIP)") }
        return (hostIP, String(host[host.index(after: portColon)...]), containerPort)
    }

    /// Reads one `--expose` value: `80`, `80/udp`, `8000-8010`.
    package static func parseExposed(_ text: String) throws(CommandFailure) -> [String] {
        guard !text.contains(":") else { throw CommandFailure("invalid port format for --expose: \(text)") }
        let (ports, transport) = text.cut(at: "/") ?? (text, "tcp")
        guard let range = PortRange(ports) else {
            throw CommandFailure("invalid range format for --expose: \(text), error: \(PortRange.complaint(ports))")
        }
        return range.ports.map { "\($0)/\(transport.lowercased())" }
    }
}
