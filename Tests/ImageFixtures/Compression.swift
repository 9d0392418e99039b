import CArchive

/// Compresses as images' layers are.
package enum Compression: CaseIterable, Sendable {
    case none, gzip, zstd

    package struct Failure: Error {}

    package func compress(_ bytes: [UInt8]) throws -> [UInt8] {
        guard self != .none else { return bytes }
        guard let archive = archive_write_new() else { throw Failure() }
        defer { archive_write_free(archive) }
        let filter = self == .gzip ? archive_write_add_filter_gzip(archive) : archive_write_add_filter_zstd(archive)
        guard filter == ARCHIVE_OK, archive_write_set_format_raw(archive) == ARCHIVE_OK else { throw Failure() }
        // libarchive keeps both pointers until the archive is closed.
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + 65536, alignment: 1)
        defer { output.deallocate() }
        let used = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        used.initialize(to: 0)
        defer { used.deallocate() }
        let opened = archive_write_open_memory(archive, output.baseAddress, output.count, used)
        guard opened == ARCHIVE_OK, let entry = archive_entry_new() else { throw Failure() }
        defer { archive_entry_free(entry) }
        archive_entry_set_filetype(entry, 0o100000)
        guard archive_write_header(archive, entry) == ARCHIVE_OK else { throw Failure() }
        let written = bytes.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
        guard written == bytes.count, archive_write_close(archive) == ARCHIVE_OK else { throw Failure() }
        return Array(output.prefix(used.pointee))
    }
}
