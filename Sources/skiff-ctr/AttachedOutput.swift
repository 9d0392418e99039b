internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// The output of a process through its shim's attach socket, copied to the program's own.
struct AttachedOutput: ~Copyable {
    private let socket: Descriptor

    /// Connects before the process starts, so that nothing is missed.
    init(socket path: String) throws {
        socket = try UnixSocket.connect(to: path)
        // Nothing else goes on meanwhile, so it may wait.
        _ = fcntlBlocking(socket.rawValue)
    }

    /// Says which streams are wanted; throws where the shim refuses.
    func greet(execID: String) throws {
        try socket.write(
            all: Array("{\"exec\":\"\(execID)\",\"stdin\":false,\"stdout\":true,\"stderr\":true}\n".utf8))
        var answer: [UInt8] = []
        while answer.last != 0x0A {
            let next = try receive(1)
            guard !next.isEmpty else { throw ControlError(message: "the shim closed the attach connection") }
            answer += next
        }
        guard answer == Array("{}\n".utf8) else {
            throw ControlError(message: "attach: \(String(decoding: answer, as: UTF8.self))")
        }
    }

    /// Copies to the end of the streams.
    func copy() throws {
        while true {
            let header = try receive(8)
            guard header.count == 8 else { return }
            let length = header[4...].reduce(0) { $0 << 8 | Int($1) }
            let payload = try receive(length)
            try payload.withUnsafeBytes { bytes in
                var written = 0
                while written < bytes.count {
                    let count = write(
                        header[0] == 2 ? 2 : 1, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                    guard count > 0 else { throw SystemError(operation: "write", path: nil, errno: errno) }
                    written += count
                }
            }
        }
    }

    private func receive(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let chunk = try [UInt8](unsafeUninitializedCapacity: count - bytes.count) { buffer, initialized in
                initialized = try socket.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            guard !chunk.isEmpty else { return bytes }
            bytes += chunk
        }
        return bytes
    }
}

private func fcntlBlocking(_ fd: Int32) -> Int32 { fcntl(fd, F_SETFL, 0) }
