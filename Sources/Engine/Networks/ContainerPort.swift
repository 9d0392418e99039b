package import EngineAPI
package import Networking

/// A container's port as the API writes it: `80/tcp`.
package struct ContainerPort: Hashable, Sendable {
    package let number: UInt16
    package let transport: TransportProtocol

    package init(parsing text: String) throws(EngineError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let name = parts.count > 1 ? parts[1].lowercased() : "tcp"
        guard parts.count <= 2, let number = UInt16(parts[0]), number > 0,
            let transport = TransportProtocol(rawValue: name)
        else { throw EngineError(.invalidParameter, "invalid port specification: \"\(text)\"") }
        self.number = number
        self.transport = transport
    }

    package func publication(_ binding: PortBinding) throws(EngineError) -> PortPublication {
        var hostPort: UInt16 = 0
        if !binding.hostPort.isEmpty {
            // Of a range the first port is taken.
            let first = binding.hostPort.split(separator: "-").first ?? ""
            guard let number = UInt16(first) else {
                throw EngineError(.invalidParameter, "invalid port specification: \"\(binding.hostPort)\"")
            }
            hostPort = number
        }
        var address: IPAddress?
        if !binding.hostIP.isEmpty {
            guard let parsed = IPAddress(parsing: binding.hostIP) else {
                throw EngineError(.invalidParameter, "invalid IP address: \(binding.hostIP)")
            }
            address = parsed
        }
        return PortPublication(transport: transport, containerPort: number, hostIP: address, hostPort: hostPort)
    }
}
