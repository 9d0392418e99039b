internal import Glibc
package import LinuxSystem

/// The container's log: appended to in batches and rotated between records.
package final class LogFile {
    private let destination: LogDestination
    private let report: (String) -> Void
    private let rotation: LogRotation
    private var file: Descriptor?
    private var size = 0
    private var isFailing = false

    /// Opens the log, or makes it with mode 0640.
    package init(
        _ destination: LogDestination, compressor: LogCompressor? = nil, report: @escaping (String) -> Void
    ) throws(SystemError) {
        self.destination = destination
        self.report = report
        rotation = LogRotation(destination, compressor: compressor, report: report)
        try open(truncating: false)
    }

    package var format: LogDestination.Format { destination.format }

    /// Writes whole records. A failure (as of a full disk) loses these records, is reported once until writing works
    /// again, and lets the container go on, as Docker does.
    package func write(_ records: UnsafeRawBufferPointer) {
        var rest = records
        while !rest.isEmpty {
            let count = piece(of: rest)
            append(UnsafeRawBufferPointer(rebasing: rest[..<count]))
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            if let maximum = destination.maximumSize, size >= maximum { rotate() }
        }
    }

    /// How much may be written before the file has to be rotated: to the end of the record that fills it.
    private func piece(of records: UnsafeRawBufferPointer) -> Int {
        guard let maximum = destination.maximumSize, size + records.count > maximum, let base = records.baseAddress
        else { return records.count }
        if destination.format == .local { return entries(of: records, upTo: maximum - size) }
        let from = min(max(0, maximum - size - 1), records.count)
        guard let newline = memchr(base + from, 0x0A, records.count - from) else { return records.count }
        return UnsafeRawPointer(newline) - base + 1
    }

    /// The length of the entries up to that which reaches `limit`.
    private func entries(of records: UnsafeRawBufferPointer, upTo limit: Int) -> Int {
        var end = 0
        while end < max(limit, 1), end + 4 <= records.count {
            let length = UInt32(bigEndian: records.loadUnaligned(fromByteOffset: end, as: UInt32.self))
            end = min(end + 8 + Int(length), records.count)
        }
        return end > 0 ? end : records.count
    }

    private func append(_ bytes: UnsafeRawBufferPointer) {
        guard file != nil else { return reopen(bytes) }
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(file?.rawValue ?? -1, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            if count < 0 {
                if errno == EINTR { continue }
                let error = SystemError(operation: "write log", path: destination.path, errno: errno)
                undo(partial: written)
                fail(error)
                return
            }
            written += count
        }
        size += written
        isFailing = false
    }

    /// A record cut by a full disk would spoil the next one. The file may be shorter than what was written to it:
    /// people empty logs.
    private func undo(partial: Int) {
        guard partial > 0, let end = try? file?.status().st_size else { return }
        _ = ftruncate(file?.rawValue ?? -1, max(0, end - off_t(partial)))
    }

    private func reopen(_ bytes: UnsafeRawBufferPointer) {
        do throws(SystemError) {
            try open(truncating: false)
        } catch {
            return fail(error)
        }
        append(bytes)
    }

    private func fail(_ error: SystemError) {
        if !isFailing { report("log lines are being lost: \(error)") }
        isFailing = true
    }

    private func open(truncating: Bool) throws(SystemError) {
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | (truncating ? O_TRUNC : 0)
        let opened = try Descriptor.open(destination.path, flags, mode: 0o640)
        size = Int(try opened.status().st_size)
        file = consume opened
    }

    private func rotate() {
        file = nil
        do throws(SystemError) {
            try rotation.rotate()
            try open(truncating: true)
        } catch {
            fail(error)
        }
    }
}
