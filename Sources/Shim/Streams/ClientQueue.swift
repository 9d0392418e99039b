internal import CLinux
internal import Glibc
internal import LinuxSystem

/// Output frames that wait for one attach client: the first in memory, the others in an unlinked file.
struct ClientQueue: ~Copyable {
    private static let memoryLimit = 256 << 10
    private static let spoolLimit = 4 << 30

    private var memory: [UInt8] = []
    private var start = 0
    private var spool: Descriptor?
    private var spoolRead = 0
    private var spoolEnd = 0

    var isEmpty: Bool { start == memory.count && spoolRead == spoolEnd }
    /// Whether more waits than memory should hold.
    var isLong: Bool { memory.count - start > ClientQueue.memoryLimit || spoolRead < spoolEnd }

    /// Appends text that has no frame.
    mutating func append(line: String) { memory += Array(line.utf8) }

    /// Appends a frame: stream, three zero bytes, length (big endian), payload.
    mutating func append(
        _ stream: UInt8, _ payload: UnsafeRawBufferPointer, spoolDirectory: String?
    ) throws(SystemError) {
        var frame: [UInt8] = [stream, 0, 0, 0]
        frame.reserveCapacity(8 + payload.count)
        for shift in [24, 16, 8, 0] { frame.append(UInt8(truncatingIfNeeded: payload.count >> shift)) }
        frame.append(contentsOf: payload)
        guard isLong, let spoolDirectory else {
            if start == memory.count {
                memory = frame
                start = 0
            } else {
                memory += frame
            }
            return
        }
        try write(frame, in: spoolDirectory)
    }

    /// Sends as much as the socket takes; false when the connection is broken.
    mutating func flush(to fd: Int32) -> Bool {
        while start < memory.count {
            let sent = memory.withUnsafeBytes {
                send(fd, $0.baseAddress.map { $0 + start }, $0.count - start, Int32(MSG_NOSIGNAL))
            }
            if sent < 0 {
                if errno == EINTR { continue }
                return errno == EAGAIN
            }
            start += sent
        }
        memory = []
        start = 0
        return flushSpool(to: fd)
    }

    private mutating func flushSpool(to fd: Int32) -> Bool {
        guard let file = spool?.rawValue else { return true }
        while spoolRead < spoolEnd {
            var offset = off_t(spoolRead)
            let sent = sendfile(fd, file, &offset, min(spoolEnd - spoolRead, 1 << 20))
            if sent <= 0 {
                if sent < 0, errno == EINTR { continue }
                return sent < 0 && errno == EAGAIN
            }
            spoolRead += sent
        }
        spool = nil
        spoolRead = 0
        spoolEnd = 0
        return true
    }

    private mutating func write(_ frame: [UInt8], in directory: String) throws(SystemError) {
        if spool == nil { spool = try Descriptor.open(directory, O_RDWR | 0x410000 /* O_TMPFILE */, mode: 0o600) }
        guard spoolEnd - spoolRead < ClientQueue.spoolLimit else {
            throw SystemError(operation: "spool output", path: directory, errno: EFBIG)
        }
        var written = 0
        while written < frame.count {
            let count = frame.withUnsafeBytes {
                pwrite(
                    spool?.rawValue ?? -1, $0.baseAddress.map { $0 + written }, $0.count - written,
                    off_t(spoolEnd + written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError(operation: "spool output", path: directory, errno: errno) }
            written += count
        }
        spoolEnd += written
    }
}
