internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// Reads the FIFO `log` of a bundle, into which containerd's shims write their own log; without a reader they would
/// not even start.
final class ShimLogReader: Sendable {
    private final class Fifo: Sendable {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    private let fifo: Fifo
    private let thread: EventLoopThread

    init(bundle: String, id: String, thread: EventLoopThread, log: SupervisorLog) throws(SystemError) {
        let path = "\(bundle)/log"
        if mkfifo(path, 0o600) != 0, errno != EEXIST {
            throw SystemError(operation: "mkfifo", path: path, errno: errno)
        }
        // Opened for both directions, so that it neither waits for a writer nor ends with one.
        fifo = Fifo(try Descriptor.open(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW))
        self.thread = thread
        let fd = fifo.descriptor.rawValue
        thread.execute { loop in
            try? loop.register(fd, .readable) { _ in ShimLogReader.forward(fd, id, log) }
        }
    }

    deinit {
        // Closed after it is deregistered, on the loop's thread.
        thread.execute { [fifo] loop in loop.deregister(fifo.descriptor.rawValue) }
    }

    private static func forward(_ fd: Int32, _ id: String, _ log: SupervisorLog) {
        withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 8) { buffer in
            let count = read(fd, buffer.baseAddress, buffer.count)
            guard count > 0 else { return }
            let text = String(decoding: UnsafeRawBufferPointer(rebasing: buffer[..<count]), as: UTF8.self)
            for line in text.split(separator: "\n") { log(.info, "shim \(id): \(line)") }
        }
    }
}
