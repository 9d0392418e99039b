import Glibc

/// A connected stream socket, closed with its last reference.
final class Socket {
    let rawValue: Int32

    private init(_ rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        close(rawValue)
    }

    static func connect(to host: EngineHost) throws(EngineError) -> Socket {
        switch host {
        case .unix(let path): try connectUnix(path, host)
        case .tcp(let name, let port): try connectTCP(name, port, host)
        }
    }

    private static func connectUnix(_ path: String, _ host: EngineHost) throws(EngineError) -> Socket {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw .unreachable(host, reason: "socket path too long")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let socket = try open(AF_UNIX, host)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
                retrying { Glibc.connect(socket.rawValue, plain, socklen_t(MemoryLayout<sockaddr_un>.size)) }
            }
        }
        guard result == 0 else { throw .unreachable(host, reason: SystemText.current) }
        return socket
    }

    private static func connectTCP(_ name: String, _ port: UInt16, _ host: EngineHost) throws(EngineError) -> Socket {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, String(port), &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard code == 0 else { throw .unreachable(host, reason: String(cString: gai_strerror(code))) }
        var reason = "no address"
        var next = list
        while let entry = next?.pointee {
            let socket = try open(entry.ai_family, host)
            if retrying({ Glibc.connect(socket.rawValue, entry.ai_addr, entry.ai_addrlen) }) == 0 {
                var one: Int32 = 1
                setsockopt(socket.rawValue, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
                return socket
            }
            reason = SystemText.current
            next = entry.ai_next
        }
        throw .unreachable(host, reason: reason)
    }

    private static func open(_ family: Int32, _ host: EngineHost) throws(EngineError) -> Socket {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw .unreachable(host, reason: SystemText.current) }
        return Socket(descriptor)
    }

    func send(_ bytes: some Collection<UInt8>) throws(EngineError) {
        let contiguous = Array(bytes)
        var sent = 0
        while sent < contiguous.count {
            let count = contiguous.withUnsafeBytes { buffer in
                retrying {
                    Glibc.send(rawValue, buffer.baseAddress.map { $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
                }
            }
            guard count >= 0 else { throw .broken("send: \(SystemText.current)") }
            sent += count
        }
    }

    /// Sends what fits now; zero when the peer is not ready.
    func sendSome(_ bytes: ArraySlice<UInt8>) throws(EngineError) -> Int {
        let count = bytes.withUnsafeBytes { buffer in
            retrying {
                Glibc.send(rawValue, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
        }
        if count >= 0 { return count }
        guard errno == EAGAIN else { throw .broken("send: \(SystemText.current)") }
        return 0
    }

    /// The next bytes, waiting for them; empty when the peer has closed.
    func receive() throws(EngineError) -> [UInt8] {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, used in
            count = retrying { recv(rawValue, buffer.baseAddress, buffer.count, 0) }
            used = max(0, count)
        }
        guard count >= 0 else {
            // A peer that closes with unread data resets the connection; for a reader that is its end.
            if errno == ECONNRESET { return [] }
            throw .broken("receive: \(SystemText.current)")
        }
        return bytes
    }

    func finishSending() {
        shutdown(rawValue, Int32(SHUT_WR))
    }
}
