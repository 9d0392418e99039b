import CArchive
import Glibc
import LinuxSystem

/// The bytes of one log file, in order.
protocol LogSource: AnyObject {
    /// 0 at the end, which may move for a file that is being written.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
}

/// A plain log file, from an offset on, to an end that is fixed or not.
final class PlainLogSource: LogSource {
    let file: Descriptor
    let path: String
    private(set) var offset: Int64
    var end: Int64?

    init(_ file: consuming Descriptor, path: String, offset: Int64 = 0, end: Int64? = nil) {
        self.file = file
        self.path = path
        self.offset = offset
        self.end = end
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        var count = buffer.count
        if let end { count = min(count, Int(clamping: max(0, end - offset))) }
        if count == 0 { return 0 }
        let number = file.rawValue
        let got = try systemCall("read", path) { pread(number, buffer.baseAddress, count, off_t(offset)) }
        offset += Int64(got)
        return got
    }

    func restart() {
        offset = 0
    }
}

/// A compressed log file. One that is damaged ends where the damage begins.
final class GzipLogSource: LogSource {
    private let file: Descriptor
    private let path: String
    private let archive: OpaquePointer
    private var isOpen = false

    init(_ file: consuming Descriptor, path: String) throws(SystemError) {
        guard let archive = archive_read_new() else {
            throw SystemError(operation: "decompress", path: path, errno: ENOMEM)
        }
        self.archive = archive
        self.file = file
        self.path = path
        archive_read_support_filter_gzip(archive)
        archive_read_support_format_raw(archive)
    }

    deinit { archive_read_free(archive) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        if !isOpen {
            var entry: OpaquePointer?
            lseek(file.rawValue, 0, SEEK_SET)
            guard archive_read_open_fd(archive, file.rawValue, 65_536) == ARCHIVE_OK,
                archive_read_next_header(archive, &entry) == ARCHIVE_OK
            else { return 0 }
            isOpen = true
        }
        return max(0, archive_read_data(archive, buffer.baseAddress, buffer.count))
    }
}
