import Glibc
internal import LinuxSystem

/// Unix sockets by path, or by abstract name (`@name`).
enum UnixSocket {
    /// Connects to a stream socket.
    static func connect(_ path: String) throws(SystemError) -> Descriptor {
        let socket = Descriptor(
            owning: try systemCall("socket") {
                Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            })
        let number = socket.rawValue
        try UnixSocketAddress.with(path) { address, size throws(SystemError) in
            try systemCall("connect", path) { Glibc.connect(number, address, size) }
        }
        return socket
    }
}
