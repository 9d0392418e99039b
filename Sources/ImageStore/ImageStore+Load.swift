import Archive

extension ImageStore {
    /// Loads the images of an archive that `docker save` or an OCI tool made, compressed or not.
    ///
    /// - Parameter descriptor: stays the caller's, and is read until its end by a thread of its own.
    /// - Parameter progress: hears how far layers are, with status `Loading layer`.
    /// - Returns: each name, or the id of an image without one, in the archive's order.
    /// - Throws: ``ImageStoreError``; nothing of the archive is kept then but images that were complete.
    public func load(
        fromFileDescriptor descriptor: Int32, progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> [LoadedImage] {
        try await addingContent {
            let images = try await read(descriptor)
            var loaded: [LoadedImage] = []
            for image in images {
                let registered = try await register(image, progress)
                loaded += image.names.map { .named($0.familiar, id: registered.id) }
                if image.names.isEmpty { loaded.append(.unnamed(id: registered.id)) }
            }
            return loaded
        }
    }

    /// The writer decides how long reading takes, so it must not keep the pool's threads.
    private func read(_ descriptor: Int32) async throws -> [ArchivedImage] {
        let reader = BlockingPool(threads: 1)
        defer { reader.shutDown() }
        let layout = layout
        return try await reader.run {
            let archive = try ImageArchive.read(descriptor, layout: layout)
            return try ArchivedImage.images(in: archive, platform: PlatformMatcher.host)
        }
    }

    private func register(
        _ image: ArchivedImage, _ progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> Image {
        let blobs = blobs
        let documents = try await pool.run {
            for file in image.files where !blobs.contains(file.digest) { _ = try file.commit(expecting: nil) }
            return try image.documents.map(blobs.add)
        }
        var content = image.content
        content.documents = documents.filter { $0 != content.id }
        let layers = content.layers
        try await registrar.unpack(content) { index, event in
            let layer = layers[index]
            let id = String(layer.diffID.hex.prefix(12))
            switch event {
            case .exists, .missing: break
            case .extracting(let done):
                progress(PullProgress(status: "Loading layer", id: id, current: done, total: layer.blobSize))
            case .complete:
                progress(PullProgress(status: "Loading layer", id: id, current: layer.blobSize, total: layer.blobSize))
            }
        }
        return try await registrar.register(content, names: image.names)
    }
}
