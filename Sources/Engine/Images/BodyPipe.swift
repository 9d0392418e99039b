import CLinux
import Glibc
import LinuxSystem
import NIOCore
import Synchronization

/// A request's body as a descriptor to read from.
final class BodyPipe: Sendable {
    private struct Ends: Sendable {
        var reading: Int32?
        var writing: Int32?
    }

    /// F_SETPIPE_SZ of <fcntl.h>, which needs _GNU_SOURCE.
    private static let setPipeSize: Int32 = 1031

    private let ends: Mutex<Ends>
    private let reading: Int32
    private let writing: Int32

    init() throws(SystemError) {
        var pair: [Int32] = [-1, -1]
        try systemCall("pipe") { linux_pipe2(&pair, O_CLOEXEC) }
        (reading, writing) = (pair[0], pair[1])
        // A larger pipe saves switches between its two sides; the default does as well.
        _ = fcntl(writing, Self.setPipeSize, 1 << 20)
        ends = Mutex(Ends(reading: pair[0], writing: pair[1]))
    }

    deinit {
        closeReading()
        closeWriting()
    }

    /// Runs a reader while the body is written to it. The reader may end early.
    func feed<Value: Sendable>(
        _ body: RequestBody, on work: FileWork, to reader: @escaping @Sendable (Int32) async throws -> Value
    ) async throws -> Value {
        async let written: Result<Void, any Error> = {
            do {
                try await self.write(body, on: work)
                return .success(())
            } catch {
                return .failure(error)
            }
        }()
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await reader(reading))
        } catch {
            outcome = .failure(error)
        }
        // What is still to be written has no reader any more.
        closeReading()
        let sent = await written
        if case .failure(let error) = sent, (error as? SystemError)?.errno != EPIPE { throw error }
        return try outcome.get()
    }

    private func write(_ body: RequestBody, on work: FileWork) async throws {
        defer { closeWriting() }
        for try await part in body {
            try await work.run { try self.writeAll(part) }
        }
    }

    private func writeAll(_ buffer: ByteBuffer) throws(SystemError) {
        var bytes = buffer.readableBytesView
        while !bytes.isEmpty {
            let count = try systemCall("write", "pipe") {
                bytes.withUnsafeBytes { Glibc.write(writing, $0.baseAddress, $0.count) }
            }
            bytes = bytes.dropFirst(count)
        }
    }

    private func closeReading() {
        let descriptor = ends.withLock { ends in
            defer { ends.reading = nil }
            return ends.reading
        }
        if let descriptor { close(descriptor) }
    }

    private func closeWriting() {
        let descriptor = ends.withLock { ends in
            defer { ends.writing = nil }
            return ends.writing
        }
        if let descriptor { close(descriptor) }
    }
}
