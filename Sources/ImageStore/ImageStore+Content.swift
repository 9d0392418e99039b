import GRDB
import Glibc
public import LinuxSystem
import OCISpec

extension ImageStore {
    /// All files of content, by digest.
    ///
    /// - Throws: ``ImageStoreError``.
    public func content() async throws -> [StoredBlob] {
        let uses = try await database.read { database in
            try Row.fetchAll(database, sql: "SELECT DISTINCT digest, kind FROM image_content ORDER BY kind")
                .map { (digest: $0["digest"] as String, kind: $0["kind"] as String) }
        }
        let kinds = Dictionary(grouping: uses, by: \.digest).mapValues { $0.map(\.kind) }
        let layout = layout
        return try await pool.run {
            try File.names(in: layout.blobs).sorted().compactMap { name in
                // One that is taken away meanwhile is none.
                guard let digest = Digest("sha256:" + name),
                    let status = try? File.status(layout.blob(digest), followingLinks: false)
                else { return nil }
                return StoredBlob(
                    digest: digest.description, size: Int64(status.st_size), modified: Int64(status.st_mtim.tv_sec),
                    kinds: kinds[digest.description] ?? [])
            }
        }
    }

    /// Opens a file of content for reading; it can be read although it is removed meanwhile.
    ///
    /// - Parameter digest: as `sha256:…`.
    /// - Throws: ``ImageStoreError/notFound(_:)`` or another of its cases.
    public func openContent(_ digest: String) throws -> Descriptor {
        guard let known = Digest(digest) else { throw ImageStoreError.notFound(digest) }
        do throws(SystemError) {
            return try Descriptor.open(layout.blob(known), O_RDONLY | O_NOFOLLOW)
        } catch {
            guard error.errno != ENOENT else { throw ImageStoreError.notFound(digest) }
            throw ImageStoreError(error)
        }
    }

    /// All unpacked layers, by chain id.
    ///
    /// - Throws: ``ImageStoreError``.
    public func storedLayers() async throws -> [StoredLayer] {
        try await database.read { database in
            try Row.fetchAll(database, sql: "SELECT chain, parent, size FROM layer ORDER BY chain")
                .map { StoredLayer(chainID: $0["chain"], parent: $0["parent"], size: $0["size"]) }
        }
    }

    /// The chain id of the layer below a snapshot, `nil` where its image has none.
    ///
    /// - Throws: ``ImageStoreError``.
    public func snapshotParent(_ key: String) throws -> String? {
        let key = try SnapshotKey(key)
        do {
            return try snapshots.parents(of: key).first?.description
        } catch {
            throw ImageStoreError.wrapping(error)
        }
    }

    /// The bytes and the files and directories of a snapshot's own directory.
    ///
    /// - Throws: ``ImageStoreError``.
    public func snapshotSpace(_ key: String) async throws -> (bytes: Int64, inodes: Int64) {
        try await space(of: try snapshotMount(key).upperDirectory)
    }

    /// The bytes and the files and directories of an unpacked layer.
    ///
    /// - Throws: ``ImageStoreError/notFound(_:)`` or another of its cases.
    public func layerSpace(_ chainID: String) async throws -> (bytes: Int64, inodes: Int64) {
        guard let layer = Digest(chainID), layers.contains(layer) else { throw ImageStoreError.notFound(chainID) }
        return try await space(of: layout.layerFiles(layer))
    }

    private func space(of directory: String) async throws -> (bytes: Int64, inodes: Int64) {
        try await pool.run {
            let usage = try DirectoryUsage.measure(directory)
            return (usage.bytes, usage.inodes)
        }
    }

    /// How many of an image's files of content are here, and whether its layers are unpacked.
    ///
    /// - Throws: ``ImageStoreError``.
    public func completeness(of image: Image) async throws -> ImageCompleteness {
        let target = try await target(of: image)
        let (blobs, layers) = (blobs, layers)
        return try await pool.run {
            let wanted = [target.manifest.config] + target.manifest.layers
            let here = wanted.filter { Digest($0.digest).map(blobs.contains) ?? false }
            return ImageCompleteness(
                present: here.count + 1, required: wanted.count + 1,
                presentBytes: here.reduce(target.descriptor.size) { $0 + $1.size }, requiredBytes: target.size,
                isUnpacked: image.layers.allSatisfy { Digest($0.chainID).map(layers.contains) ?? false })
        }
    }
}
