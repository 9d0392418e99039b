import CArchive

/// Owns a reader of libarchive.
final class ArchiveHandle {
    let raw: OpaquePointer
    private var freed = false

    init() throws(ArchiveError) {
        guard let raw = archive_read_new() else { throw .corrupt("out of memory") }
        self.raw = raw
    }

    deinit { free() }

    func free() {
        guard !freed else { return }
        freed = true
        archive_read_free(raw)
    }

    /// What libarchive says went wrong.
    var error: ArchiveError {
        guard let text = archive_error_string(raw) else { return .corrupt("unreadable") }
        return .corrupt(String(cString: text))
    }
}
