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
        /// The pid of a process made by an intermediate one.
        case made(pid: Int32)
        /// The process could not be set up.
        case failed(String)
        /// The program cannot be run.
        case noProgram(String)
    }

    let socket: Descriptor

    func send(_ message: Message) throws(SystemError) { try Self.send(message, to: socket.rawValue) }

    /// The next message; `nil` when the other end is closed.
    func receive() throws(SystemError) -> Message? { try Self.receive(from: socket.rawValue) }

    static func send(_ message: Message, to socket: Int32) throws(SystemError) {
        let text =
            switch message {
            case .ready: "R"
            case .hooks: "H"
            case .go(let pid): "G\(pid)"
            case .made(let pid): "M\(pid)"
            case .failed(let text): "F\(text)"
            case .noProgram(let text): "P\(text)"
            }
        let bytes = Array(text.utf8.prefix(60_000))
        try systemCall("send to the other process") {
            linux_send_descriptor(socket, bytes, bytes.count, -1)
        }
    }

    static func receive(from socket: Int32) throws(SystemError) -> Message? {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = try systemCall("receive from the other process") {
            recv(socket, &bytes, bytes.count, 0)
        }
        guard count > 0 else { return nil }
        let text = String(decoding: bytes[1..<count], as: UTF8.self)
        switch bytes[0] {
        case UInt8(ascii: "R"): return .ready
        case UInt8(ascii: "H"): return .hooks
        case UInt8(ascii: "G"): return .go(pid: Int32(text) ?? 0)
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
        do throws(SystemError) { try send(message, to: socket) } catch {
            switch message {
            case .noProgram(let text), .failed(let text): RuntimeLog.print("\(text)\n")
            default: break
            }
            _exit(255)
        }
        _exit(1)
    }

    /// Waits for the runtime's word to go on.
    func awaitGo() throws(RuntimeError) -> Int32 {
        do throws(SystemError) {
            if case .go(let pid) = try receive() { return pid }
        } catch { throw .system(doing: nil, error) }
        throw .other("the runtime is gone")
    }
}
