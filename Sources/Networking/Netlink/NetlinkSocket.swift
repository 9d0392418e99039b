import Glibc
package import LinuxSystem

/// A netlink socket. It keeps speaking for the network namespace in which it was opened, whichever thread uses it later.
package final class NetlinkSocket: NetlinkChannel {
    private let descriptor: Descriptor
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    private static let netlinkLevel: Int32 = 270
    private static let cappedAcknowledgements: Int32 = 10
    private static let extendedAcknowledgements: Int32 = 11
    private static let strictChecks: Int32 = 12

    /// - Parameter family: the netlink protocol, such as `NETLINK_ROUTE` (0).
    package init(family: Int32 = 0) throws(SystemError) {
        let kind = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = Descriptor(owning: try systemCall("open netlink socket") { socket(AF_NETLINK, kind, family) })
        // Older kernels lack these; errors are then only less wordy.
        for option in [Self.cappedAcknowledgements, Self.extendedAcknowledgements, Self.strictChecks] {
            var on: Int32 = 1
            _ = setsockopt(descriptor.rawValue, Self.netlinkLevel, option, &on, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    package func send(_ datagram: [UInt8]) throws(SystemError) {
        try systemCall("send to netlink socket") {
            datagram.withUnsafeBytes { Glibc.send(descriptor.rawValue, $0.baseAddress, $0.count, 0) }
        }
    }

    package func receive() throws(SystemError) -> [UInt8] {
        let count = try systemCall("receive from netlink socket") {
            buffer.withUnsafeMutableBytes { recv(descriptor.rawValue, $0.baseAddress, $0.count, 0) }
        }
        return Array(buffer[..<count])
    }
}
