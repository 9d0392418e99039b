import CLinux
import Glibc
internal import LinuxSystem

/// A netlink socket for links and addresses of the network namespace it was opened in.
struct RouteSocket: ~Copyable {
    private let descriptor: Descriptor

    /// Opens a socket in this process's network namespace.
    init() throws(SystemError) {
        descriptor = Descriptor(
            owning: try systemCall("open a netlink socket") {
                Glibc.socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            })
    }

    /// Opens a socket in another network namespace, by a short visit there.
    init(in namespace: borrowing Descriptor) throws(SystemError) {
        let own = try Descriptor.open("/proc/self/ns/net", O_RDONLY)
        let (there, back) = (namespace.rawValue, own.rawValue)
        let flag = Int32(LINUX_CLONE_NEWNET)
        try systemCall("enter the container's network namespace") { linux_setns(there, flag) }
        let socket: RouteSocket
        do throws(SystemError) { socket = try RouteSocket() } catch {
            try systemCall("return to the host's network namespace") { linux_setns(back, flag) }
            throw error
        }
        try systemCall("return to the host's network namespace") { linux_setns(back, flag) }
        self = socket
    }

    private static let acknowledge: UInt16 = 0x4
    private static let dump: UInt16 = 0x300
    private static let errorType: UInt16 = 2
    private static let doneType: UInt16 = 3

    /// Sends a request and waits for the kernel's word on it.
    func request(
        _ type: UInt16, flags: UInt16 = 0, header: [UInt8], _ operation: String,
        _ build: (inout RouteMessage) -> Void = { _ in }
    ) throws(SystemError) {
        _ = try exchange(type, flags | Self.acknowledge, header, operation, build)
    }

    /// Sends a request and answers what the kernel has to say.
    func query(
        _ type: UInt16, isDump: Bool = false, header: [UInt8], _ operation: String,
        _ build: (inout RouteMessage) -> Void = { _ in }
    ) throws(SystemError) -> [RouteReply] {
        try exchange(type, isDump ? Self.dump : Self.acknowledge, header, operation, build)
    }

    private func exchange(
        _ type: UInt16, _ flags: UInt16, _ header: [UInt8], _ operation: String,
        _ build: (inout RouteMessage) -> Void
    ) throws(SystemError) -> [RouteReply] {
        var message = RouteMessage(type: type, flags: flags, header: header)
        build(&message)
        let number = descriptor.rawValue
        let bytes = message.bytes
        try systemCall(operation) { send(number, bytes, bytes.count, 0) }
        var replies: [RouteReply] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try systemCall(operation) { recv(number, &buffer, buffer.count, 0) }
            for reply in RouteReply.parse(buffer.prefix(count)) {
                switch reply.type {
                case Self.doneType: return replies
                case Self.errorType:
                    let code = reply.number(at: 0, Int32.self)
                    guard code == 0 else { throw SystemError(operation: operation, errno: -code) }
                    return replies
                default: replies.append(reply)
                }
            }
        }
    }
}
