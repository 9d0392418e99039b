import Crypto
import Glibc
import LinuxSystem

/// The content-addressed files. A blob is there only after its digest was verified.
struct BlobStore: Sendable {
    let layout: StoreLayout

    func contains(_ digest: Digest) -> Bool { File.exists(layout.blob(digest)) }

    /// A small blob as a whole.
    func read(_ digest: Digest, limit: Int) throws(ImageStoreError) -> [UInt8] {
        do throws(SystemError) {
            return try File.read(layout.blob(digest), limit: limit)
        } catch {
            throw ImageStoreError(error)
        }
    }

    /// Writes a small blob.
    func add(_ bytes: [UInt8]) throws -> Digest {
        let writer = try BlobWriter(layout)
        try bytes.withUnsafeBytes { try writer.write($0) }
        return try writer.commit(expecting: nil)
    }
}

/// A blob on its way: written to a temporary file and digested as it comes. Not for use by two threads at once.
final class BlobWriter: @unchecked Sendable {
    private let layout: StoreLayout
    private let path: String
    private let file: Descriptor
    private var hasher = SHA256()
    private(set) var size: Int64 = 0
    private var installed = false

    init(_ layout: StoreLayout) throws(SystemError) {
        self.layout = layout
        path = layout.temporary()
        file = try Descriptor.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    }

    deinit {
        if !installed { unlink(path) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        hasher.update(bufferPointer: bytes)
        do throws(SystemError) {
            try file.write(all: bytes)
        } catch {
            throw SystemError(operation: "write", path: path, errno: error.errno)
        }
        size += Int64(bytes.count)
    }

    /// Starts again from nothing.
    func restart() throws {
        try systemCall("truncate", path) { ftruncate(file.rawValue, 0) }
        try systemCall("seek", path) { lseek(file.rawValue, 0, SEEK_SET) }
        hasher = SHA256()
        size = 0
    }

    /// The digest of what was written.
    var digest: Digest {
        let copy = hasher
        return Digest(copy.finalize())
    }

    /// Verifies the digest and makes the blob appear, on the disk as well.
    func commit(expecting expected: Digest?) throws -> Digest {
        let digest = digest
        if let expected, expected != digest {
            throw ImageStoreError.malformed(
                what: "content", reason: "digest mismatch: expected \(expected), got \(digest)")
        }
        try systemCall("fdatasync", path) { fdatasync(file.rawValue) }
        if try layout.install(path, as: layout.blob(digest)) { installed = true }
        return digest
    }

    /// A small blob's bytes, before it is committed.
    func read(limit: Int) throws -> [UInt8] {
        guard size <= Int64(limit) else {
            throw ImageStoreError.malformed(what: "document", reason: "\(size) bytes are more than \(limit)")
        }
        try systemCall("seek", path) { lseek(file.rawValue, 0, SEEK_SET) }
        return try file.readToEnd(limit: limit)
    }
}
