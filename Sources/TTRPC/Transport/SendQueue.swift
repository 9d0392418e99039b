internal import Glibc

/// Bytes that wait to be sent on a non-blocking socket.
package struct SendQueue {
    private var bytes: [UInt8] = []
    private var start = 0

    package init() {}

    /// How many bytes wait.
    package var count: Int { bytes.count - start }

    package mutating func append(_ more: [UInt8]) {
        if start == bytes.count {
            bytes = more
            start = 0
        } else {
            bytes += more
        }
    }

    /// Sends as much as the socket takes; false when the connection is broken.
    package mutating func flush(to fd: Int32) -> Bool {
        while start < bytes.count {
            let sent = bytes.withUnsafeBytes {
                send(fd, $0.baseAddress?.advanced(by: start), $0.count - start, Int32(MSG_NOSIGNAL))
            }
            if sent < 0 {
                if errno == EINTR { continue }
                return errno == EAGAIN
            }
            start += sent
        }
        bytes = []
        start = 0
        return true
    }
}

/// What a read from a non-blocking socket gave.
package enum Received {
    case bytes(Int)
    case nothing
    case ended

    package static func read(from fd: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Received {
        while true {
            let count = recv(fd, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .ended }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .nothing : .ended
        }
    }
}
