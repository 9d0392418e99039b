import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

/// Stands between a container and the service manager whose socket `NOTIFY_SOCKET` names, see sd_notify(3): the
/// container gets a socket of its own and no other message than that of readiness goes through, followed by the first
/// process's id as the host sees it.
struct NotifySocket: ~Copyable {
    static let directoryName = "notify"
    static let variable = "NOTIFY_SOCKET=/run/notify/notify.sock"
    /// The token of its events.
    static let token: UInt64 = 100

    private let socket: Descriptor
    private let host: String

    /// What the environment says of this process's service manager.
    static var hostPath: String? {
        guard let value = getenv("NOTIFY_SOCKET"), value[0] != 0 else { return nil }
        return String(cString: value)
    }

    // MARK: The directory that the container sees

    static func path(of state: StateDirectory) -> String { "\(state.path)/\(directoryName)" }

    static func mount(of state: StateDirectory) -> Mount {
        Mount(
            destination: "/run/notify", type: "bind", source: path(of: state),
            options: ["bind", "nosuid", "noexec", "nodev", "ro"])
    }

    static func makeDirectory(of state: StateDirectory) throws(RuntimeError) {
        try doing("make the directory of the notify socket") { try File.makeDirectory(path(of: state), mode: 0o755) }
    }

    static func remove(of state: StateDirectory) throws(SystemError) {
        try File.remove("\(path(of: state))/notify.sock", missingIsFine: true)
        try File.removeDirectory(path(of: state), missingIsFine: true)
    }

    // MARK: Listening

    /// Starts to listen where the container was made with a service manager and there still is one.
    static func listening(in state: StateDirectory, host: String?) throws(RuntimeError) -> NotifySocket? {
        guard let host, File.exists(path(of: state)) else { return nil }
        return try NotifySocket(listeningIn: state, host: host)
    }

    init(listeningIn state: StateDirectory, host: String) throws(RuntimeError) {
        do throws(SystemError) { socket = try Self.listen(in: Self.path(of: state)) } catch {
            throw .system(doing: "listen for the container's readiness", error)
        }
        self.host = host
    }

    private static func listen(in path: String) throws(SystemError) -> Descriptor {
        let directory = try Descriptor.open(path, Int32(LINUX_O_PATH | LINUX_O_DIRECTORY))
        // Through the descriptor, since a socket's path is short and the state directory's may be long.
        let name = "\(directory.procPath)/notify.sock"
        let socket = try UnixSocket.listen(name)
        // The container's program may run as any user.
        try systemCall("chmod", "\(path)/notify.sock") { chmod(name, 0o777) }
        return socket
    }

    func watch(_ epoll: borrowing Epoll) throws(SystemError) {
        try epoll.add(socket.rawValue, events: EPOLLIN.rawValue, token: Self.token)
    }

    /// Waits until the container says that it is ready, or ends, and until the service manager has heard of it.
    func awaitReadiness(of record: ContainerRecord) throws(RuntimeError) {
        do {
            let process = try ProcessDescriptor(pid: record.pid)
            let epoll = try Epoll()
            try watch(epoll)
            try epoll.add(process.descriptor.rawValue, events: EPOLLIN.rawValue, token: 1)
            while true {
                var hasEnded = false
                try epoll.wait { token, _ in if token == 1 { hasEnded = true } }
                if let readiness = try takeReadiness() {
                    return try announce(readiness, pid: record.pid, isAcknowledged: true)
                }
                if hasEnded { return }
            }
        } catch let error as SystemError {
            if error.errno == ESRCH { return }
            throw .system(doing: "pass on the container's readiness", error)
        } catch {
            throw RuntimeError(error)
        }
    }

    /// Passes on what has come; nothing is waited for.
    func passOn(pid: Int32, _ epoll: borrowing Epoll) throws(SystemError) {
        guard let readiness = try takeReadiness() else { return }
        try epoll.remove(socket.rawValue)
        try announce(readiness, pid: pid, isAcknowledged: false)
    }

    /// The line of readiness in the next message that has one.
    private func takeReadiness() throws(SystemError) -> String? {
        while true {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(socket.rawValue, &buffer, buffer.count, 0)
            guard count >= 0 else {
                guard errno == EAGAIN || errno == EINTR else {
                    throw SystemError(operation: "receive from the container", errno: errno)
                }
                return nil
            }
            let lines = String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: "\n")
            if let line = lines.first(where: { $0.hasPrefix("READY=") }) { return String(line) }
        }
    }

    private func announce(_ readiness: String, pid: Int32, isAcknowledged: Bool) throws(SystemError) {
        let sender = try UnixSocket.sender(to: host)
        for message in ["\(readiness)\n", "MAINPID=\(pid)\n"] {
            let bytes = Array(message.utf8)
            try systemCall("send", host) { linux_send_descriptor(sender.rawValue, bytes, bytes.count, -1) }
        }
        if isAcknowledged { try Self.awaitBarrier(sender, host) }
    }

    /// The service manager closes the descriptor when it has dealt with what was sent before, see sd_notify_barrier(3).
    private static func awaitBarrier(_ sender: borrowing Descriptor, _ host: String) throws(SystemError) {
        let ends = try Descriptor.pipe().release()
        let reading = Descriptor(owning: ends.reading)
        do {
            let writing = Descriptor(owning: ends.writing)
            let bytes = Array("BARRIER=1".utf8)
            try systemCall("send", host) {
                linux_send_descriptor(sender.rawValue, bytes, bytes.count, writing.rawValue)
            }
        }
        guard try reading.awaitEvents(0, deadline: .after(milliseconds: 30_000)) else {
            throw SystemError(operation: "wait for the service manager", path: host, errno: ETIMEDOUT)
        }
    }
}
