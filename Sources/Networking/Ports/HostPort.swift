import Glibc
import LinuxSystem

/// A host port held by a bound socket: no other process takes it, and a port taken already is found at once.
final class HostPort {
    let port: PortPublication
    private let socket: Descriptor
    private var forwarding: (proxy: PortProxy, token: UInt64)?

    private init(port: PortPublication, socket: consuming Descriptor) {
        self.port = port
        self.socket = socket
    }

    deinit {
        // Before the socket is closed and its number somebody else's.
        if let forwarding { forwarding.proxy.remove(forwarding.token) }
    }

    /// Whether connections may reach the socket itself and are worth carrying on.
    var isProxied: Bool { port.transport == .tcp }

    /// Lets connections to the socket itself be carried to the container.
    func forward(to container: IPv4Address, by proxy: PortProxy) throws(NetworkingError) {
        do {
            let token = try proxy.add(listener: socket.rawValue, target: container, port: port.containerPort)
            forwarding = (proxy, token)
        } catch {
            throw .system(error)
        }
    }

    /// Binds the publication's host address and port; port 0 lets the kernel choose, and `port` then says which.
    static func bind(_ port: PortPublication) throws(NetworkingError) -> HostPort {
        do {
            let descriptor = try open(port)
            let chosen = try bind(descriptor.rawValue, to: port)
            var bound = port
            bound.hostPort = chosen
            return HostPort(port: bound, socket: descriptor)
        } catch {
            throw .portUnavailable(port, error)
        }
    }

    private static func open(_ port: PortPublication) throws(SystemError) -> Descriptor {
        let kind: Int32
        let transport: Int32
        switch port.transport {
        case .tcp: (kind, transport) = (Int32(SOCK_STREAM.rawValue), Int32(IPPROTO_TCP))
        case .udp: (kind, transport) = (Int32(SOCK_DGRAM.rawValue), Int32(IPPROTO_UDP))
        case .sctp: (kind, transport) = (Int32(SOCK_STREAM.rawValue), Int32(IPPROTO_SCTP))
        }
        let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let family = if case .v6 = port.hostIP { AF_INET6 } else { AF_INET }
        let fd = try systemCall("open socket") { Glibc.socket(family, kind | flags, transport) }
        let descriptor = Descriptor(owning: fd)
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // Old connections in TIME_WAIT must not hold the port; a listener elsewhere still does.
        if port.transport == .tcp { setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, size) }
        if family == AF_INET6 { setsockopt(fd, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, size) }
        return descriptor
    }

    private static func bind(_ fd: Int32, to port: PortPublication) throws(SystemError) -> UInt16 {
        var address = SocketAddress(port.hostIP ?? .anyV4, port: port.hostPort)
        try systemCall("bind") { address.withPointer { Glibc.bind(fd, $0, $1) } }
        if port.transport != .udp { try systemCall("listen") { listen(fd, 128) } }
        guard port.hostPort == 0 else { return port.hostPort }
        try systemCall("read address of socket") { address.load { getsockname(fd, $0, $1) } }
        return address.port
    }
}
