import CLinux
import Glibc
import LinuxSystem
import Networking

/// A socket for tests: every wait has a deadline.
final class TestSocket: Sendable {
    private let descriptor: Descriptor
    private static let patience: Int32 = 5000

    private init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    static func listening(_ port: UInt16, _ transport: TransportProtocol = .tcp) throws(SystemError) -> TestSocket {
        let socket = try open(transport, AF_INET)
        var address = address(.any, port)
        try systemCall("bind") { withAddress(&address) { bind(socket.descriptor.rawValue, $0, $1) } }
        if transport == .tcp { try systemCall("listen") { listen(socket.descriptor.rawValue, 16) } }
        return socket
    }

    /// - Throws: ETIMEDOUT after `patience` milliseconds.
    static func connected(
        to host: IPv4Address, _ port: UInt16, _ transport: TransportProtocol = .tcp, patience: Int32 = patience
    ) throws(SystemError) -> TestSocket {
        let socket = try open(transport, AF_INET)
        var address = address(host, port)
        do {
            try systemCall("connect") { withAddress(&address) { connect(socket.descriptor.rawValue, $0, $1) } }
        } catch  where error.errno == EINPROGRESS {
            try socket.finishConnecting(patience)
        }
        return socket
    }

    static func connectedToLoopback6(_ port: UInt16) throws(SystemError) -> TestSocket {
        let socket = try open(.tcp, AF_INET6)
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        address.sin6_addr = in6addr_loopback
        do {
            try systemCall("connect") {
                withUnsafePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(socket.descriptor.rawValue, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                    }
                }
            }
        } catch  where error.errno == EINPROGRESS {
            try socket.finishConnecting(patience)
        }
        return socket
    }

    private func finishConnecting(_ patience: Int32) throws(SystemError) {
        try wait(Int16(POLLOUT), patience)
        var reason: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor.rawValue, SOL_SOCKET, SO_ERROR, &reason, &size)
        guard reason == 0 else { throw SystemError(operation: "connect", errno: reason) }
    }

    func accepted() throws(SystemError) -> (socket: TestSocket, peer: IPv4Address) {
        try wait(Int16(POLLIN), Self.patience)
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let fd = try systemCall("accept") {
            withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { accept(descriptor.rawValue, $0, &size) }
            }
        }
        return (TestSocket(Descriptor(owning: fd)), IPv4Address(value: UInt32(bigEndian: address.sin_addr.s_addr)))
    }

    func send(_ text: String) throws(SystemError) {
        let bytes = Array(text.utf8)
        try systemCall("send") { Glibc.send(descriptor.rawValue, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
    }

    /// Waits for room as often as it takes.
    func sendAll(_ text: String) throws(SystemError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            try wait(Int16(POLLOUT), Self.patience)
            let count = try systemCall("send") {
                rest.withUnsafeBytes { Glibc.send(descriptor.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            }
            rest = rest.dropFirst(count)
        }
    }

    func finishSending() { shutdown(descriptor.rawValue, Int32(SHUT_WR)) }

    func receive() throws(SystemError) -> String {
        try wait(Int16(POLLIN), Self.patience)
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = try systemCall("receive") { recv(descriptor.rawValue, &bytes, bytes.count, 0) }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Receives a datagram and sends it back to where it came from.
    func echoDatagram() throws(SystemError) {
        try wait(Int16(POLLIN), Self.patience)
        var bytes = [UInt8](repeating: 0, count: 2048)
        var peer = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        try withUnsafeMutablePointer(to: &peer) { (pointer) throws(SystemError) in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { (address) throws(SystemError) in
                let count = try systemCall("receive") {
                    recvfrom(descriptor.rawValue, &bytes, bytes.count, 0, address, &size)
                }
                try systemCall("send") { sendto(descriptor.rawValue, bytes, count, 0, address, size) }
            }
        }
    }

    private func wait(_ events: Int16, _ patience: Int32) throws(SystemError) {
        var entry = pollfd(fd: descriptor.rawValue, events: events, revents: 0)
        let count = try systemCall("poll") { poll(&entry, 1, patience) }
        guard count > 0 else { throw SystemError(operation: "wait", errno: ETIMEDOUT) }
    }

    private static func open(_ transport: TransportProtocol, _ family: Int32) throws(SystemError) -> TestSocket {
        let kind = transport == .tcp ? Int32(SOCK_STREAM.rawValue) : Int32(SOCK_DGRAM.rawValue)
        let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        return TestSocket(Descriptor(owning: try systemCall("socket") { socket(family, kind | flags, 0) }))
    }

    private static func address(_ host: IPv4Address, _ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = host.value.bigEndian
        return address
    }

    private static func withAddress(
        _ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
