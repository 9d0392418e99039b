import CArchive

/// The bytes of a file that may be compressed with gzip, zstd, bzip2 or xz, decompressed in process.
package final class DecompressedStream {
    private let handle: ArchiveHandle
    private let source: any ArchiveSource
    private let input: UnsafeMutableRawBufferPointer
    private let limits: ArchiveLimits
    private var failure: ArchiveError?
    private var opened = false
    private var finished = false
    /// Bytes read so far.
    package private(set) var inputBytes: Int64 = 0
    /// Bytes handed out so far.
    package private(set) var outputBytes: Int64 = 0

    package init(_ source: any ArchiveSource, limits: ArchiveLimits = ArchiveLimits()) throws(ArchiveError) {
        self.source = source
        self.limits = limits
        handle = try ArchiveHandle()
        input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4096)
    }

    deinit {
        // The handle closes first: its filters may still look at the buffer.
        handle.free()
        input.deallocate()
    }

    /// Whether the source is compressed; known after the first `next()`.
    package var isCompressed: Bool { archive_filter_count(handle.raw) > 1 }

    /// The next bytes, valid until the next call; `nil` at the end.
    package func next() throws(ArchiveError) -> UnsafeRawBufferPointer? {
        if finished { return nil }
        if !opened { try open() }
        if finished { return nil }
        while true {
            var start: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            let status = archive_read_data_block(handle.raw, &start, &count, &offset)
            if status == ARCHIVE_EOF {
                finished = true
                return nil
            }
            try check(status)
            guard count > 0 else { continue }
            outputBytes += Int64(count)
            guard outputBytes <= limits.allowance(compressed: inputBytes) else {
                throw .limit("more than \(limits.allowance(compressed: inputBytes)) bytes uncompressed")
            }
            return UnsafeRawBufferPointer(start: start, count: count)
        }
    }

    private func open() throws(ArchiveError) {
        opened = true
        try check(archive_read_support_filter_gzip(handle.raw))
        try check(archive_read_support_filter_zstd(handle.raw))
        try check(archive_read_support_filter_bzip2(handle.raw))
        try check(archive_read_support_filter_xz(handle.raw))
        try check(archive_read_support_format_raw(handle.raw))
        try check(archive_read_support_format_empty(handle.raw))
        let context = Unmanaged.passUnretained(self).toOpaque()
        try check(
            archive_read_open(
                handle.raw, context, nil,
                { _, context, buffer in
                    guard let context, let buffer else { return -1 }
                    let stream = Unmanaged<DecompressedStream>.fromOpaque(context).takeUnretainedValue()
                    return stream.fill(buffer)
                }, nil))
        var entry: OpaquePointer?
        let status = archive_read_next_header(handle.raw, &entry)
        if status == ARCHIVE_EOF {
            finished = true
            return
        }
        try check(status)
    }

    private func fill(_ buffer: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        do throws(ArchiveError) {
            let count = try source.read(into: input)
            inputBytes += Int64(count)
            buffer.pointee = UnsafeRawPointer(input.baseAddress)
            return count
        } catch {
            failure = error
            return Int(ARCHIVE_FATAL)
        }
    }

    private func check(_ status: Int32) throws(ArchiveError) {
        if let failure { throw failure }
        guard status >= ARCHIVE_WARN else { throw handle.error }
    }
}
