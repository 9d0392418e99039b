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

    /// - Parameters:
    ///   - family: the netlink protocol, such as `NETLINK_ROUTE` (0).
    ///   - groups: a mask of multicast groups to hear.
    package init(family: Int32 = 0, groups: UInt32 = 0) throws(SystemError) {
        let kind = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = Descriptor(owning: try systemCall("open netlink socket") { socket(AF_NETLINK, kind, family) })
        if groups != 0 { try join(groups) }
        // Older kernels lack these; errors are then only less wordy.
        for option in [Self.cappedAcknowledgements, Self.extendedAcknowledgements, Self.strictChecks] {
            var on: Int32 = 1
            _ = setsockopt(descriptor.rawValue, Self.netlinkLevel, option, &on, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    private func join(_ groups: UInt32) throws(SystemError) {
        var address = NetlinkAddress(family: UInt16(AF_NETLINK), groups: groups)
        try systemCall("join netlink groups") {
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor.rawValue, $0, socklen_t(MemoryLayout<NetlinkAddress>.size))
                }
            }
        }
    }

    /// `struct sockaddr_nl`.
    private struct NetlinkAddress: BitwiseCopyable {
        var family: UInt16
        var padding: UInt16 = 0
        var port: UInt32 = 0
        var groups: UInt32
    }

    /// Waits for something to receive; false where nothing came in time.
    package func waitForInput(milliseconds: Int32) throws(SystemError) -> Bool {
        var entry = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        return try systemCall("wait for netlink socket") { poll(&entry, 1, milliseconds) } > 0
    }

    /// Waits until there is something to receive; false once `signal` can be read.
    func waitForInput(orSignalOn signal: Int32) throws(SystemError) -> Bool {
        var entries = [
            pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signal, events: Int16(POLLIN), revents: 0),
        ]
        try systemCall("wait for netlink socket") { poll(&entries, 2, -1) }
        return entries[1].revents == 0
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
