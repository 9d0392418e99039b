import Archive
import CLinux
import Glibc
import LinuxSystem

/// Unpacked layers, a directory for each chain of layers.
struct LayerStore: Sendable {
    let layout: StoreLayout

    /// A layer in its temporary place, or the error that kept it from there.
    struct Staged: Sendable {
        let path: String
        let layer: UnpackedLayer
    }

    /// Unpacks a blob; layers of an image may do so at the same time.
    ///
    /// - Parameter diffID: what the uncompressed archive's digest has to be.
    /// - Parameter didRead: hears how many bytes of the blob are done, and answers whether to go on.
    func stage(
        blob: Digest, diffID: Digest, didRead: @escaping (_ total: Int64) -> Bool
    ) throws -> Staged {
        let path = layout.temporary()
        do {
            try File.makeDirectory(path, mode: 0o700)
            try File.makeDirectory(path + "/fs", mode: 0o755)
            try systemCall("chmod", path) { chmod(path + "/fs", 0o755) }
            let directory = try Descriptor.open(path + "/fs", O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            let file = try Descriptor.open(layout.blob(blob), O_RDONLY)
            _ = posix_fadvise(file.rawValue, 0, 0, POSIX_FADV_SEQUENTIAL)
            var total: Int64 = 0
            let source = DescriptorSource(file.rawValue) { count in
                total += Int64(count)
                return didRead(total)
            }
            // An uncompressed blob's digest, verified when it came, is the one asked for here.
            let reader = try TarReader(DecompressedStream(source), digesting: blob != diffID)
            let layer = try LayerUnpacker(reader: reader, into: directory.rawValue).unpack()
            guard blob == diffID || layer.diffID == diffID.description else {
                throw ArchiveError.corrupt("its uncompressed digest is \(layer.diffID), not \(diffID)")
            }
            return Staged(path: path, layer: layer)
        } catch {
            discard(path)
            throw Self.describe(error, blob: blob)
        }
    }

    /// Puts a staged layer upon its parents, which are in their places already, and then in its own.
    func install(_ staged: Staged, chainID: Digest, parents: [Digest]) throws {
        do {
            try ImpliedDirectories(layout: layout, parents: parents).describe(
                staged.layer.impliedDirectories, in: staged.path + "/fs")
            try systemCall("chmod", staged.path) { chmod(staged.path, 0o710) }
            // Another process may have been faster; its directory is as good.
            if try !layout.install(staged.path, as: layout.layer(chainID)) { discard(staged.path) }
        } catch {
            discard(staged.path)
            throw error
        }
    }

    func contains(_ chainID: Digest) -> Bool { File.exists(layout.layerFiles(chainID)) }

    func discard(_ path: String) {
        // What cannot be removed now is removed by the next start's sweep.
        try? TreeRemover.remove(path)
    }

    private static func describe(_ error: any Error, blob: Digest) -> any Error {
        switch error {
        case ArchiveError.cancelled: CancellationError()
        case ArchiveError.source(let cause): ImageStoreError(cause)
        case let error as ArchiveError: ImageStoreError.layer(digest: blob.description, reason: error.description)
        default: error
        }
    }
}
