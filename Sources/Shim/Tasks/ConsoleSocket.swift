internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// The socket on which the runtime hands over the master of a process's terminal.
final class ConsoleSocket {
    let path: String
    private let listener: Descriptor

    init() throws(SystemError) {
        path = try SocketDirectory.newPath() + ".pty"
        listener = try UnixSocket.listen(at: path)
    }

    deinit { unlink(path) }

    /// What the runtime sent before it ended.
    func receive() throws(SystemError) -> Descriptor {
        guard let connection = try UnixSocket.accept(listener) else {
            throw SystemError(operation: "receive terminal", path: nil, errno: ENOTCONN)
        }
        var bytes = [UInt8](repeating: 0, count: 4096)
        var fd: Int32 = -1
        try systemCall("receive terminal") {
            linux_receive_descriptor(connection.rawValue, &bytes, bytes.count, &fd)
        }
        guard fd >= 0 else { throw SystemError(operation: "receive terminal", path: nil, errno: ENOMSG) }
        return Descriptor(owning: fd)
    }
}
