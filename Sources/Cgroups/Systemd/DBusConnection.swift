import Glibc
package import LinuxSystem

/// A connection to a bus, or to systemd itself: calls are made one after the other, each with a deadline.
package struct DBusConnection: ~Copyable {
    private let socket: Descriptor
    private var input: [UInt8] = []
    private var lastSerial: UInt32 = 0
    /// Signals that came while something else was awaited, as many as `maximumSignals`.
    private var signals: [DBusMessage] = []
    private static let maximumSignals = 1024

    /// Connects and logs in as the user of this process, who is told by the socket.
    package static func open(_ path: String, deadline: Deadline) throws(SystemdError) -> DBusConnection {
        var connection = DBusConnection(socket: try connect(path, deadline))
        try connection.logIn(path, deadline)
        return connection
    }

    private init(socket: consuming Descriptor) { self.socket = socket }

    private static func connect(_ path: String, _ deadline: Deadline) throws(SystemdError) -> Descriptor {
        do throws(SystemError) { return try connected(path, deadline) } catch {
            throw .unreachable(address: "unix:path=\(path)", cause: error)
        }
    }

    private static func connected(_ path: String, _ deadline: Deadline) throws(SystemError) -> Descriptor {
        let socket = Descriptor(
            owning: try systemCall("socket") {
                Glibc.socket(
                    AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
            })
        let number = socket.rawValue
        while true {
            do throws(SystemError) {
                try UnixSocketAddress.with(path) { address, size throws(SystemError) in
                    try systemCall("connect", path) { Glibc.connect(number, address, size) }
                }
                return socket
            } catch {
                // EAGAIN: the queue is full, and nothing tells when it no longer is.
                guard error.errno == EAGAIN, !deadline.isOver else { throw error }
                poll(nil, 0, 1)
            }
        }
    }

    // MARK: Logging in

    /// EXTERNAL without a name: the other side takes the user from the socket, which is right in user namespaces too.
    ///
    /// All lines go at once, as systemd's own library sends them: systemd does not look at a message that comes in one
    /// read with `BEGIN` until something else comes.
    private mutating func logIn(_ path: String, _ deadline: Deadline) throws(SystemdError) {
        try send(Array("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n".utf8), deadline)
        let answers = [try line(deadline), try line(deadline)]
        guard answers.contains(where: { $0.hasPrefix("OK") }) else {
            throw .refusedLogin(address: "unix:path=\(path)", answer: answers[0])
        }
    }

    private mutating func line(_ deadline: Deadline) throws(SystemdError) -> String {
        while true {
            if let end = input.firstIndex(of: UInt8(ascii: "\n")) {
                let text = String(decoding: input[..<end].filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
                input.removeFirst(end + 1)
                return text
            }
            guard input.count < 4096 else { throw .malformed("a line of more than 4096 bytes") }
            try receive(deadline)
        }
    }

    // MARK: Messages

    /// Calls a method and answers what it returns.
    package mutating func call(
        _ destination: String, path: String, interface: String, _ member: String, _ arguments: [DBusValue],
        deadline: Deadline
    ) throws(SystemdError) -> [DBusValue] {
        lastSerial += 1
        var message = DBusMessage(kind: .call, serial: lastSerial)
        message.destination = destination
        message.path = path
        message.interface = interface
        message.member = member
        message.body = arguments
        try send(try message.encoded(), deadline)
        while true {
            let answer = try next(deadline)
            switch answer.kind {
            case .reply where answer.replyTo == lastSerial: return answer.body
            case .error where answer.replyTo == lastSerial:
                throw .reply(name: answer.error ?? "", text: answer.body.first?.text ?? answer.error ?? "no reason")
            case .signal:
                if signals.count < Self.maximumSignals { signals.append(answer) }
            default: continue
            }
        }
    }

    /// The next signal for which `accept` says so; others are dropped.
    package mutating func signal(
        deadline: Deadline, where accept: (DBusMessage) -> Bool
    ) throws(SystemdError) -> DBusMessage {
        while let signal = signals.first {
            signals.removeFirst()
            if accept(signal) { return signal }
        }
        while true {
            let message = try next(deadline)
            if message.kind == .signal, accept(message) { return message }
        }
    }

    private mutating func next(_ deadline: Deadline) throws(SystemdError) -> DBusMessage {
        while input.count < DBusMessage.prefixSize { try receive(deadline) }
        let size = try DBusMessage.size(of: input[..<DBusMessage.prefixSize])
        while input.count < size { try receive(deadline) }
        defer { input.removeFirst(size) }
        return try DBusMessage(decoding: Array(input[..<size]))
    }

    // MARK: Bytes

    private func send(_ bytes: [UInt8], _ deadline: Deadline) throws(SystemdError) {
        do throws(SystemError) {
            var start = 0
            while start < bytes.count {
                guard try socket.awaitEvents(Int16(POLLOUT), deadline: deadline) else {
                    throw SystemError(operation: "send to systemd", errno: ETIMEDOUT)
                }
                do throws(SystemError) {
                    start += try systemCall("send to systemd") {
                        bytes.withUnsafeBytes { buffer in
                            let rest = UnsafeRawBufferPointer(rebasing: buffer.dropFirst(start))
                            return Glibc.send(socket.rawValue, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                        }
                    }
                } catch  where error.errno == EAGAIN { continue }
            }
        } catch { throw .connection(error) }
    }

    private mutating func receive(_ deadline: Deadline) throws(SystemdError) {
        var buffer = [UInt8](repeating: 0, count: 16384)
        var count = 0
        do throws(SystemError) {
            guard try socket.awaitEvents(Int16(POLLIN), deadline: deadline) else {
                throw SystemError(operation: "wait for systemd's answer", errno: ETIMEDOUT)
            }
            count = try systemCall("read systemd's answer") { recv(socket.rawValue, &buffer, buffer.count, 0) }
        } catch {
            guard error.errno != EAGAIN else { return }
            throw .connection(error)
        }
        guard count > 0 else { throw .disconnected }
        input += buffer[..<count]
    }
}
