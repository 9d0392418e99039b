import CArchive
import Glibc

/// An entry of a tar archive, as long as the reader stays on it.
package struct TarEntry {
    let raw: OpaquePointer

    package enum Kind: Equatable {
        case file
        case directory
        case symbolicLink(target: [UInt8])
        case hardLink(target: [UInt8])
        case characterDevice
        case blockDevice
        case fifo
        case unknown
    }

    /// Its name as it stands in the archive, without an end mark.
    package var path: [UInt8]? { bytes(archive_entry_pathname(raw) ?? archive_entry_pathname_utf8(raw)) }

    package var kind: Kind {
        if let target = bytes(archive_entry_hardlink(raw) ?? archive_entry_hardlink_utf8(raw)) {
            return .hardLink(target: target)
        }
        switch mode_t(archive_entry_filetype(raw)) {
        case S_IFREG: return .file
        case S_IFDIR: return .directory
        case S_IFLNK:
            guard let target = bytes(archive_entry_symlink(raw) ?? archive_entry_symlink_utf8(raw)) else {
                return .unknown
            }
            return .symbolicLink(target: target)
        case S_IFCHR: return .characterDevice
        case S_IFBLK: return .blockDevice
        case S_IFIFO: return .fifo
        default: return .unknown
        }
    }

    /// The size of a file with its holes.
    package var size: Int64 { archive_entry_size(raw) }
    package var isSparse: Bool { archive_entry_sparse_count(raw) > 0 }
    /// Permissions with set-id and sticky bits.
    var permissions: mode_t { mode_t(archive_entry_perm(raw)) & 0o7777 }
    var owner: uid_t? { id(archive_entry_uid(raw)) }
    var group: gid_t? { id(archive_entry_gid(raw)) }
    var device: dev_t { archive_entry_rdev(raw) }

    var modificationTime: timespec? {
        guard archive_entry_mtime_is_set(raw) != 0 else { return nil }
        return timespec(tv_sec: archive_entry_mtime(raw), tv_nsec: archive_entry_mtime_nsec(raw))
    }

    /// Calls `body` for each extended attribute with its name and value.
    func forEachAttribute<E: Error>(
        _ body: (UnsafePointer<CChar>, UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        guard archive_entry_xattr_reset(raw) > 0 else { return }
        while true {
            var name: UnsafePointer<CChar>?
            var value: UnsafeRawPointer?
            var size = 0
            guard archive_entry_xattr_next(raw, &name, &value, &size) == ARCHIVE_OK, let name else { return }
            try body(name, UnsafeRawBufferPointer(start: value, count: size))
        }
    }

    private func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
        guard let text else { return nil }
        return text.withMemoryRebound(to: UInt8.self, capacity: strlen(text)) {
            [UInt8](UnsafeBufferPointer(start: $0, count: strlen(text)))
        }
    }

    /// An id of 2^32 - 1 means "do not change" to chown(2), and larger ones would wrap to other users.
    private func id(_ value: Int64) -> UInt32? {
        value >= 0 && value < Int64(UInt32.max) ? UInt32(value) : nil
    }
}
