internal import CTransport
internal import Glibc
public import LinuxSystem

/// Unix stream sockets at paths: made non-blocking and close-on-exec, never abstract (unix(7)).
public enum UnixSocket {
    /// Connects to the socket at `path`.
    public static func connect(to path: String) throws(SystemError) -> Descriptor {
        let socket = try make()
        let result = try withAddress(path) { Glibc.connect(socket.rawValue, $0, $1) }
        guard result == 0 else { throw SystemError(operation: "connect", path: path, errno: errno) }
        return socket
    }

    /// Makes a socket with mode 0600 at `path` and listens on it. A dead socket that stands there is replaced.
    public static func listen(at path: String) throws(SystemError) -> Descriptor {
        let socket = try make()
        // The name must never be reachable with wider permissions, not even between bind and chmod.
        guard fchmod(socket.rawValue, 0o600) == 0 else {
            throw SystemError(operation: "fchmod socket", path: path, errno: errno)
        }
        var result = try withAddress(path) { bind(socket.rawValue, $0, $1) }
        if result != 0, errno == EADDRINUSE, (try? UnixSocket.connect(to: path)) == nil {
            unlink(path)
            result = try withAddress(path) { bind(socket.rawValue, $0, $1) }
        }
        guard result == 0 else { throw SystemError(operation: "bind", path: path, errno: errno) }
        guard chmod(path, 0o600) == 0 else { throw SystemError(operation: "chmod", path: path, errno: errno) }
        guard Glibc.listen(socket.rawValue, 512) == 0 else {
            throw SystemError(operation: "listen", path: path, errno: errno)
        }
        return socket
    }

    /// Accepts a connection; `nil` when none waits. A peer that is neither root nor our own user is turned away.
    public static func accept(_ listener: borrowing Descriptor) throws(SystemError) -> Descriptor? {
        try accept(from: listener.rawValue)
    }

    /// As ``accept(_:)``, for a descriptor known by its number.
    public static func accept(from listener: Int32) throws(SystemError) -> Descriptor? {
        while true {
            let fd = transport_accept(listener)
            if fd >= 0 {
                let connection = Descriptor(owning: fd)
                if isTrusted(connection) { return connection }
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EAGAIN: return nil
            default: throw SystemError(operation: "accept4", errno: errno)
            }
        }
    }

    private static func isTrusted(_ connection: borrowing Descriptor) -> Bool {
        var user: UInt32 = 0
        guard transport_peer_user(connection.rawValue, &user) == 0 else { return false }
        return user == 0 || user == geteuid()
    }

    private static func make() throws(SystemError) -> Descriptor {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let fd = socket(AF_UNIX, kind, 0)
        guard fd >= 0 else { throw SystemError(operation: "socket", errno: errno) }
        return Descriptor(owning: fd)
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(SystemError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        // An empty name would be autobound to an abstract address.
        guard !bytes.isEmpty, bytes[0] != 0, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(operation: "socket address", path: path, errno: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
