import Glibc
import LinuxSystem

/// An opened file of a log: the current one, or a rotated one.
final class LogFile {
    struct Identity: Equatable {
        var device: UInt64
        var inode: UInt64
    }

    let path: String
    let isCompressed: Bool
    let identity: Identity
    let size: Int64
    let lastChange: LogTimestamp
    private let file: Descriptor

    /// Nil if there is no such file.
    static func open(_ path: String, compressed: Bool = false) throws(SystemError) -> LogFile? {
        do throws(SystemError) {
            let file = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            let status = try file.status()
            guard status.st_mode & S_IFMT == S_IFREG else { return nil }
            return LogFile(file, status, path: path, compressed: compressed)
        } catch {
            if error.errno == ENOENT { return nil }
            throw error
        }
    }

    /// The identity of the file that a path names now, without opening it.
    static func identity(of path: String) throws(SystemError) -> Identity? {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            let reason = errno
            if reason == ENOENT { return nil }
            throw SystemError(operation: "stat", path: path, errno: reason)
        }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    private init(_ file: consuming Descriptor, _ status: stat, path: String, compressed: Bool) {
        self.file = file
        self.path = path
        isCompressed = compressed
        identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        size = Int64(status.st_size)
        lastChange = LogTimestamp(
            seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int32(truncatingIfNeeded: status.st_mtim.tv_nsec))
    }

    /// From an offset, or from the line after this many; `growing` reads on past the size that it had when opened.
    func source(offset: Int64 = 0, growing: Bool = false) throws(SystemError) -> any LogSource {
        let copy = try file.duplicate()
        if isCompressed { return try GzipLogSource(copy, path: path) }
        return PlainLogSource(copy, path: path, offset: offset, end: growing ? nil : size)
    }

    func currentSize() throws(SystemError) -> Int64 {
        Int64(try file.status().st_size)
    }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        let number = file.rawValue
        return try systemCall("read", path) { pread(number, buffer.baseAddress, buffer.count, off_t(offset)) }
    }

    /// The rotated files of a log from the newest to the oldest, `.1` or `.1.gz` and so on.
    static func rotated(of path: String) throws(SystemError) -> [LogFile] {
        var files: [LogFile] = []
        for number in 1...1000 {
            if let file = try open("\(path).\(number)") {
                files.append(file)
            } else if let file = try open("\(path).\(number).gz", compressed: true) {
                files.append(file)
            } else {
                break
            }
        }
        return files
    }
}
