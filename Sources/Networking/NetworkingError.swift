package import LinuxSystem

/// Why a network operation failed.
package enum NetworkingError: Error, Equatable {
    /// The kernel refused a routing netlink request.
    case netlink(NetlinkError)
    /// The kernel refused a system call.
    case system(SystemError)
    /// The ruleset could not be changed; the library's own message.
    case firewall(table: String, reason: String)
    /// Another container of this engine holds the host port.
    case portAllocated(PortPublication)
    /// A process of the host holds the port, or the address is not the host's.
    case portUnavailable(PortPublication, SystemError)
    /// This kind of publication cannot be served.
    case portUnsupported(PortPublication, reason: String)
    case addressesExhausted(subnet: IPv4Prefix)
    case addressUnavailable(IPv4Address, subnet: IPv4Prefix)
    case subnetsExhausted
    case invalidName(String)
    case alreadyAttached(String)
    case notSetUp(bridge: String)
    /// A record that cannot be written or encoded.
    case record(path: String, reason: String)
}

extension NetworkingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .netlink(let error): error.description
        case .system(let error): error.description
        case .firewall(let table, let reason):
            "change nftables table \(table): \(reason)"
        case .portAllocated(let port):
            "Bind for \(port.binding) failed: port is already allocated"
        case .portUnavailable(let port, let error):
            "failed to bind host port for \(port.binding): \(SystemError.text(of: error.errno))"
        case .portUnsupported(let port, let reason):
            "failed to publish \(port.binding)/\(port.transport.rawValue): \(reason)"
        case .addressesExhausted(let subnet):
            "no available IPv4 addresses on this network's address pool \(subnet): remove a container, or set a larger --bip"
        case .addressUnavailable(let address, let subnet):
            "address \(address) is in use or not in \(subnet)"
        case .subnetsExhausted:
            "could not find an available, non-overlapping IPv4 address pool among the defaults: set one with --bip"
        case .invalidName(let name):
            "\"\(name)\" cannot name a network interface: use 1 to 15 letters, digits, dots, hyphens or underscores"
        case .alreadyAttached(let id): "container \(id) is already attached to the network"
        case .notSetUp(let bridge): "network \(bridge) is not set up"
        case .record(let path, let reason): "write \(path): \(reason)"
        }
    }
}

extension PortPublication {
    /// The host side as Docker words it.
    package var binding: String { (hostIP ?? .anyV4).withPort(hostPort) }
}
