import CLI
import Glibc
import LinuxSystem
import TTRPC

/// Copies between this program's streams and a process's, through the attach socket of its shim.
final class AttachRelay: Sendable {
    private final class Socket: Sendable {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    private let socket: Socket
    private let input: Int32
    private let output: Int32
    private let errorOutput: Int32

    /// Connects, before the process starts so that nothing is missed, and says which streams are wanted.
    init(socket path: String, execID: String, console: Console) throws {
        socket = Socket(try UnixSocket.connect(to: path))
        (input, output, errorOutput) = (console.input, console.output, console.errorOutput)
        // Until the first output nothing else is to do, so it may wait.
        let flags = fcntl(socket.descriptor.rawValue, F_GETFL)
        _ = fcntl(socket.descriptor.rawValue, F_SETFL, flags & ~O_NONBLOCK)
        try greet(execID)
    }

    private func greet(_ execID: String) throws {
        let line = "{\"exec\":\"\(execID)\",\"stdin\":true,\"stdout\":true,\"stderr\":true}\n"
        try socket.descriptor.write(all: Array(line.utf8))
        var answer: [UInt8] = []
        while answer.last != UInt8(ascii: "\n") {
            var byte: UInt8 = 0
            let count = try withUnsafeMutableBytes(of: &byte) { buffer throws(SystemError) in
                try socket.descriptor.read(into: buffer)
            }
            guard count == 1 else { throw CommandFailure("the shim closed the attach connection") }
            answer.append(byte)
        }
        guard answer == Array("{}\n".utf8) else {
            throw CommandFailure("attach: \(String(decoding: answer.dropLast(), as: UTF8.self))")
        }
    }

    /// Copies until the process's streams end, on a thread of its own, since terminals and pipes make it wait.
    func run() async throws {
        let thread = try EventLoopThread()
        try await withCheckedThrowingContinuation { (finished: CheckedContinuation<Void, any Error>) in
            thread.execute { [self] loop in
                let result = Result { try copy() }
                loop.stop()
                finished.resume(with: result)
            }
        }
    }

    private func copy() throws {
        var demultiplexer = StreamDemultiplexer()
        var readsInput = true
        while true {
            var entries = [
                pollfd(fd: socket.descriptor.rawValue, events: Int16(POLLIN), revents: 0),
                pollfd(fd: readsInput ? input : -1, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&entries, nfds_t(entries.count), -1) >= 0 else {
                guard errno == EINTR else { throw SystemError(operation: "poll", errno: errno) }
                continue
            }
            if entries[1].revents != 0 { readsInput = takeInput() }
            if entries[0].revents != 0 {
                let bytes = try AttachRelay.chunk(socket.descriptor.rawValue)
                if bytes.isEmpty { return }
                try demultiplexer.feed(bytes[...]) { stream, piece in
                    Console.write(piece, to: stream == .output ? output : errorOutput)
                }
            }
        }
    }

    /// False when there is no more of it.
    private func takeInput() -> Bool {
        // Input that cannot be read, or that nobody takes any more, has ended; the output may still come.
        let bytes = (try? AttachRelay.chunk(input)) ?? []
        if !bytes.isEmpty, (try? socket.descriptor.write(all: bytes)) != nil { return true }
        shutdown(socket.descriptor.rawValue, Int32(SHUT_WR))
        return false
    }

    private static func chunk(_ descriptor: Int32) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, initialized in
            do throws(SystemError) {
                initialized = try systemCall("read") { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
