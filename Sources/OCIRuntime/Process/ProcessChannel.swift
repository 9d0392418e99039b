import CLinux
import Glibc
internal import LinuxSystem

/// The conversation between the runtime and the process it makes, over a socket pair of whole messages. The process's
/// end closes by itself when the program starts.
struct ProcessChannel: ~Copyable {
    enum Message: Equatable {
        /// The process is set up and waits to be started.
        case ready
        /// The process asks that the runtime's hooks be run.
        case hooks
        /// The runtime has done its part; the process's id as the runtime sees it.
        case go(pid: Int32)
        /// The number of the descriptor of the process's system call notifications, for the runtime to take.
        case listener(descriptor: Int32)
        /// The pid of a process made by an intermediate one.
        case made(pid: Int32)
        /// The process could not be set up.
        case failed(String)
        /// The program cannot be run.
        case noProgram(String)
    }

    let socket: Descriptor

    func send(_ message: Message) throws(SystemError) { try Self.send(message, to: socket.rawValue) }

    /// As `send`, by write(2): after a system call filter is installed no other call can be relied on.
    func write(_ message: Message) throws(SystemError) { try Self.write(message, to: socket.rawValue) }

    static func write(_ message: Message, to socket: Int32) throws(SystemError) {
        let bytes = bytes(of: message)
        try systemCall("write to the other process") { Glibc.write(socket, bytes, bytes.count) }
    }

    /// Hands the descriptor of a filter's notifications to the runtime, which takes it out of this process.
    static func handOver(_ listener: borrowing Descriptor, over socket: Int32) throws {
        try write(.listener(descriptor: listener.rawValue), to: socket)
        _ = try awaitGo(on: socket)
    }

    /// The next message; `nil` when the other end is closed.
    func receive() throws(SystemError) -> Message? { try Self.receive(from: socket.rawValue) }

    static func send(_ message: Message, to socket: Int32) throws(SystemError) {
        let bytes = bytes(of: message)
        try systemCall("send to the other process") {
            linux_send_descriptor(socket, bytes, bytes.count, -1)
        }
    }

    private static func bytes(of message: Message) -> [UInt8] {
        let text =
            switch message {
            case .ready: "R"
            case .hooks: "H"
            case .go(let pid): "G\(pid)"
            case .listener(let descriptor): "L\(descriptor)"
            case .made(let pid): "M\(pid)"
            case .failed(let text): "F\(text)"
            case .noProgram(let text): "P\(text)"
            }
        return Array(text.utf8.prefix(60_000))
    }

    static func receive(from socket: Int32) throws(SystemError) -> Message? {
        // Most messages are short, so the buffer is not cleared: its pages are not touched.
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            do throws(SystemError) {
                count = try systemCall("receive from the other process") {
                    Glibc.read(socket, buffer.baseAddress, buffer.count)
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        let count = bytes.count
        guard count > 0 else { return nil }
        let text = String(decoding: bytes[1..<count], as: UTF8.self)
        switch bytes[0] {
        case UInt8(ascii: "R"): return .ready
        case UInt8(ascii: "H"): return .hooks
        case UInt8(ascii: "G"): return .go(pid: Int32(text) ?? 0)
        case UInt8(ascii: "L"): return .listener(descriptor: Int32(text) ?? -1)
        case UInt8(ascii: "M"): return .made(pid: Int32(text) ?? 0)
        case UInt8(ascii: "P"): return .noProgram(text)
        default: return .failed(text)
        }
    }

    /// In the new process: tells the runtime what went wrong and ends. A runtime that has left after `create` cannot be
    /// told, so the container's standard error gets the words, as in runc.
    static func fail(_ error: any Error, to socket: Int32) -> Never {
        let message: Message =
            switch error {
            case RuntimeError.program(let text): .noProgram(text)
            case RuntimeError.container(let text): .failed(text)
            default: .failed("\(error)")
            }
        // A system call filter may be in force already, under which only write(2) can be relied on.
        linux_signal_ignore(SIGPIPE)
        do throws(SystemError) { try write(message, to: socket) } catch {
            switch message {
            case .noProgram(let text), .failed(let text): RuntimeLog.print("\(text)\n")
            default: break
            }
            _exit(255)
        }
        _exit(1)
    }

    /// Waits for the runtime's word to go on. A runtime that is gone has told its user why, or can be told nothing.
    func awaitGo() throws(RuntimeError) -> Int32 { try Self.awaitGo(on: socket.rawValue) }

    static func awaitGo(on socket: Int32) throws(RuntimeError) -> Int32 {
        do throws(SystemError) {
            if case .go(let pid) = try receive(from: socket) { return pid }
        } catch { throw .system(doing: nil, error) }
        _exit(1)
    }
}
