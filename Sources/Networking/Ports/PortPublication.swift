/// The transport protocols whose ports can be published.
package enum TransportProtocol: String, Hashable, Codable, Sendable {
    case tcp
    case udp
    case sctp
}

/// One container port made reachable through the host.
package struct PortPublication: Hashable, Codable, Sendable {
    package var transport: TransportProtocol
    package var containerPort: UInt16
    /// The host address it is bound to; nil for every address of the host.
    package var hostIP: IPAddress?
    /// The host port; in a request 0 lets the kernel choose a free one.
    package var hostPort: UInt16

    package init(
        transport: TransportProtocol = .tcp, containerPort: UInt16, hostIP: IPAddress? = nil, hostPort: UInt16 = 0
    ) {
        self.transport = transport
        self.containerPort = containerPort
        self.hostIP = hostIP
        self.hostPort = hostPort
    }
}
