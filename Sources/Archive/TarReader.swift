import CArchive
import Crypto

/// Reads a tar archive, compressed or not, entry by entry, and digests its uncompressed bytes on the way.
package final class TarReader {
    private let handle: ArchiveHandle
    private let stream: DecompressedStream
    private let digesting: Bool
    private var hasher = SHA256()
    private var failure: ArchiveError?
    private var opened = false

    /// `digesting` false saves the work where the digest is known already.
    package init(_ stream: DecompressedStream, digesting: Bool = true) throws(ArchiveError) {
        self.stream = stream
        self.digesting = digesting
        handle = try ArchiveHandle()
    }

    /// Uncompressed bytes read so far.
    package var bytesRead: Int64 { stream.outputBytes }

    /// The next entry, valid until the next call; `nil` at the end of the archive.
    package func next() throws(ArchiveError) -> TarEntry? {
        if !opened {
            guard try open() else { return nil }
        }
        var entry: OpaquePointer?
        let status = archive_read_next_header(handle.raw, &entry)
        if status == ARCHIVE_EOF { return nil }
        try check(status)
        guard let entry else { throw .corrupt("an entry without a header") }
        return TarEntry(raw: entry)
    }

    /// The next piece of the current entry's content and its place in the file; `nil` at its end. Gaps are holes.
    package func nextBlock() throws(ArchiveError) -> (bytes: UnsafeRawBufferPointer, offset: Int64)? {
        while true {
            var start: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            let status = archive_read_data_block(handle.raw, &start, &count, &offset)
            if status == ARCHIVE_EOF { return nil }
            try check(status)
            if count > 0 { return (UnsafeRawBufferPointer(start: start, count: count), offset) }
        }
    }

    /// Reads what follows the archive's end and answers the digest of all uncompressed bytes, as `sha256:…`.
    package func finish() throws(ArchiveError) -> String {
        while let rest = try stream.next() {
            if digesting { hasher.update(bufferPointer: rest) }
        }
        return "sha256:" + Hexadecimal.encode(hasher.finalize())
    }

    private func open() throws(ArchiveError) -> Bool {
        opened = true
        try check(archive_read_support_format_tar(handle.raw))
        try check(archive_read_support_format_empty(handle.raw))
        let context = Unmanaged.passUnretained(self).toOpaque()
        try check(
            archive_read_open(
                handle.raw, context, nil,
                { _, context, buffer in
                    guard let context, let buffer else { return -1 }
                    return Unmanaged<TarReader>.fromOpaque(context).takeUnretainedValue().fill(buffer)
                }, nil))
        return true
    }

    private func fill(_ buffer: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        do throws(ArchiveError) {
            guard let bytes = try stream.next() else { return 0 }
            if digesting { hasher.update(bufferPointer: bytes) }
            buffer.pointee = bytes.baseAddress
            return bytes.count
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
