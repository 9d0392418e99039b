import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec
internal import Seccomp

/// The agent that answers a filter's notifications (`listenerPath`): it gets a process's notification descriptor with
/// the container process state (runtime-spec, config-linux.md).
struct SeccompListener: Codable, Equatable {
    /// The path of its Unix socket.
    var path: String
    /// What the configuration has to tell it.
    var metadata: String?

    /// `nil` where the configuration names none.
    init?(_ seccomp: OCISpec.Seccomp?) {
        guard let path = seccomp?.listenerPath, !path.isEmpty else { return nil }
        self.path = path
        metadata = seccomp?.listenerMetadata
    }

    /// Takes the descriptor out of the process, lets the process go on, and sends the descriptor to the agent.
    ///
    /// - Parameters:
    ///   - number: The descriptor's number in the process.
    ///   - process: The process's pidfd.
    ///   - letGo: Tells the process that the runtime has the descriptor.
    static func deliver(
        _ number: Int32, of process: Int32, pid: Int32, to listener: SeccompListener?, state: State,
        letGo: () throws(RuntimeError) -> Void
    ) throws(RuntimeError) {
        guard let listener else {
            throw .invalid(field: "linux.seccomp.listenerPath", problem: "seccomp listenerPath is not set")
        }
        let notifications: Descriptor
        do throws(SystemError) {
            notifications = Descriptor(
                owning: try systemCall("take the seccomp notification descriptor") {
                    linux_pidfd_getfd(process, number)
                })
        } catch { throw .system(doing: nil, error) }
        try letGo()
        try listener.send(notifications, pid: pid, state: state)
    }

    private func send(_ descriptor: borrowing Descriptor, pid: Int32, state: State) throws(RuntimeError) {
        let message = ContainerProcessState(
            ociVersion: state.ociVersion, pid: Int(pid), metadata: metadata, state: state)
        let bytes = try doing("encode the container process state") { try OCIJSON.encode(message) }
        do throws(SystemError) {
            let socket = try UnixSocket.connect(path)
            let (target, number) = (socket.rawValue, descriptor.rawValue)
            let count = try systemCall("send", path) {
                linux_send_descriptor(target, bytes, bytes.count, number)
            }
            guard count == bytes.count else { throw SystemError(operation: "send", path: path, errno: EMSGSIZE) }
        } catch {
            throw .container(
                "failed to connect with seccomp agent specified in the seccomp profile "
                    + "(linux.seccomp.listenerPath): \(error)")
        }
    }
}
