import CLinux
import Glibc
package import LinuxSystem

/// The socket to a `criu swrk`, which carries whole messages.
package struct CRIUConnection: ~Copyable {
    private let socket: Descriptor

    package init(socket: consuming Descriptor) { self.socket = socket }

    package func send(_ request: CRIURequest) throws(SystemError) {
        let bytes = request.bytes
        try systemCall("write to criu") { linux_send_descriptor(socket.rawValue, bytes, bytes.count, -1) }
    }

    /// The next message, and the descriptor that came with it (-1 without), which is the caller's; `nil` where CRIU has
    /// closed the socket.
    package func receive(_ descriptor: inout Int32) throws(SystemError) -> CRIUResponse? {
        var buffer = [UInt8](repeating: 0, count: Self.largestMessage)
        let count = try systemCall("read from criu") {
            linux_receive_descriptor(socket.rawValue, &buffer, buffer.count, &descriptor)
        }
        guard count > 0 else { return nil }
        guard count < buffer.count, let response = CRIUResponse(Array(buffer.prefix(count))) else {
            throw SystemError(operation: "read from criu", errno: EBADMSG)
        }
        return response
    }

    /// Ends the conversation.
    package func hangUp() { shutdown(socket.rawValue, Int32(SHUT_RDWR)) }

    private static let largestMessage = 1 << 16
}
