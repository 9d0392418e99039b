import Archive
import GRDB
import LinuxSystem
import OCISpec

extension ImageStore {
    /// The manifest of an image: the one it came with, or one that says what it consists of here.
    ///
    /// - Throws: ``ImageStoreError``.
    public func target(of image: Image) async throws -> ImageTarget {
        let id = image.id
        let (documents, layers) = try await database.read { database in
            (
                try String.fetchAll(
                    database,
                    sql: "SELECT digest FROM image_content WHERE image = ? AND kind = 'document' ORDER BY digest",
                    arguments: [id]),
                try String.fetchAll(
                    database,
                    sql: """
                        SELECT layer.blob FROM image_layer JOIN layer ON layer.chain = image_layer.chain
                        WHERE image_layer.image = ? ORDER BY image_layer.position
                        """, arguments: [id])
            )
        }
        let (blobs, configuration) = (blobs, image.configurationBytes)
        return try await pool.run {
            let writer = ManifestWriter(blobs: blobs)
            for digest in documents.compactMap(Digest.init) {
                if let target = try writer.target(document: digest, image: id) { return target }
            }
            return try writer.target(configuration: configuration, layers: layers.compactMap(Digest.init))
        }
    }

    /// Writes images as an OCI archive (image-spec, image-layout.md), which `load` and other tools read.
    ///
    /// - Parameter names: names, ids, or beginnings of ids; a name is written into the archive.
    /// - Parameter descriptor: stays the caller's. A reader that is slow makes this slow.
    /// - Parameter withDockerManifest: also writes `manifest.json`, for `docker load` of old versions.
    /// - Throws: ``ImageStoreError``; what is written by then is no whole archive.
    public func export(_ names: [String], toFileDescriptor descriptor: Int32, withDockerManifest: Bool = true)
        async throws
    {
        var archive = OCIArchive(layout: layout)
        for name in names {
            let image = try await image(name)
            archive.add(image, try await target(of: image), name: try? ImageReference(parsing: name))
        }
        let whole = archive
        // The reader decides how long writing takes, so it must not keep the pool's threads.
        let writer = BlockingPool(threads: 1)
        defer { writer.shutDown() }
        let layout = layout
        try await writer.run {
            // Nothing is taken away while it is being read.
            let lock = try StoreLock.shared(layout)
            defer { withExtendedLifetime(lock) {} }
            try whole.write(to: descriptor, withDockerManifest: withDockerManifest)
        }
    }
}
