import Glibc
internal import LinuxSystem

extension UnixSocket {
    /// A datagram socket that receives at a path.
    static func listen(_ path: String) throws(SystemError) -> Descriptor {
        let socket = try datagram()
        let number = socket.rawValue
        try UnixSocketAddress.with(path) { address, size throws(SystemError) in
            try systemCall("bind", path) { bind(number, address, size) }
        }
        return socket
    }

    /// A datagram socket that sends to a path, or to an abstract name (`@name`).
    static func sender(to path: String) throws(SystemError) -> Descriptor {
        let socket = try datagram()
        let number = socket.rawValue
        try UnixSocketAddress.with(path) { address, size throws(SystemError) in
            try systemCall("connect", path) { Glibc.connect(number, address, size) }
        }
        return socket
    }

    private static func datagram() throws(SystemError) -> Descriptor {
        Descriptor(
            owning: try systemCall("socket") {
                Glibc.socket(
                    AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
            })
    }
}
