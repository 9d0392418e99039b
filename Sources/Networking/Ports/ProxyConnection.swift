import CLinux
import Glibc
import LinuxSystem

/// A client's connection and the container's, and the bytes on their way between them in either direction.
final class ProxyConnection {
    enum Progress {
        case waiting
        /// There is more to move; others have their turn first.
        case more
        case finished
    }

    /// One direction: at most one buffer is on its way, so a slow receiver slows its sender.
    private struct Flow {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var start = 0
        var end = 0
        var isFinished = false
    }

    /// The listener it came over.
    let listener: UInt64
    private let client: Descriptor
    private let container: Descriptor
    private var upwards = Flow()
    private var downwards = Flow()
    private static let turns = 16

    init(
        client: consuming Descriptor, listener: UInt64, target: IPv4Address, port: UInt16
    ) throws(SystemError) {
        self.client = client
        self.listener = listener
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        container = Descriptor(owning: try systemCall("open socket") { socket(AF_INET, kind, 0) })
        for fd in [self.client.rawValue, container.rawValue] {
            var on: Int32 = 1
            setsockopt(fd, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = SocketAddress(.v4(target), port: port)
        do {
            try systemCall("connect") { address.withPointer { connect(container.rawValue, $0, $1) } }
        } catch  where error.errno == EINPROGRESS {
            // What is written before it is connected waits; a refusal shows when it is read.
        }
    }

    /// Both sockets report under one token, when something changes: `move` then goes on until nothing does.
    func watch(by epoll: borrowing Epoll, token: UInt64) throws(SystemError) {
        let events = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        try epoll.add(client.rawValue, events: events, token: token)
        try epoll.add(container.rawValue, events: events, token: token)
    }

    func move() -> Progress {
        let up = Self.move(&upwards, from: client.rawValue, to: container.rawValue)
        let down = Self.move(&downwards, from: container.rawValue, to: client.rawValue)
        guard let up, let down else { return .finished }
        if upwards.isFinished && downwards.isFinished { return .finished }
        return up || down ? .more : .waiting
    }

    /// Whether there is more to move; nil where the connection broke.
    private static func move(_ flow: inout Flow, from source: Int32, to target: Int32) -> Bool? {
        var turns = 0
        while !flow.isFinished {
            if turns == Self.turns { return true }
            turns += 1
            if flow.start < flow.end {
                let count = flow.buffer[flow.start..<flow.end].withUnsafeBytes {
                    send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count >= 0 else { return isPassing(errno) ? false : nil }
                flow.start += count
                continue
            }
            let count = flow.buffer.withUnsafeMutableBytes { recv(source, $0.baseAddress, $0.count, 0) }
            guard count >= 0 else { return isPassing(errno) ? false : nil }
            guard count > 0 else {
                shutdown(target, Int32(SHUT_WR))
                flow.isFinished = true
                return false
            }
            flow.start = 0
            flow.end = count
        }
        return false
    }

    /// ENOTCONN: the container has not answered yet.
    private static func isPassing(_ reason: Int32) -> Bool {
        reason == EAGAIN || reason == EINTR || reason == ENOTCONN
    }
}
