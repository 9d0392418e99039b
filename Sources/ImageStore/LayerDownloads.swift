import Registry

/// Gets the layers of an image from a registry, a few at once, and tells of them in Docker's words.
struct LayerDownloads: Sendable {
    let repository: RepositoryClient
    let layout: StoreLayout
    let slots: DownloadSlots
    let threads: BlockingPool
    let progress: @Sendable (PullProgress) -> Void

    /// Returns once the layer's blob is in the store.
    func fetch(_ layer: ImageContent.Layer) async throws {
        let id = layer.shortID
        try await slots.run(layer.blob) {
            progress(PullProgress(status: "Waiting", id: id))
        } _: {
            if !BlobStore(layout: layout).contains(layer.blob) {
                try await download(layer, id)
            }
            progress(PullProgress(status: "Download complete", id: id))
        }
    }

    private func download(_ layer: ImageContent.Layer, _ id: String) async throws {
        let progress = progress
        let download = try await BlobDownload(
            layer.blob, size: layer.blobSize, from: repository, to: layout, threads: threads
        ) { done in
            progress(PullProgress(status: "Downloading", id: id, current: done, total: layer.blobSize))
        }
        try await download.receive()
        progress(PullProgress(status: "Verifying Checksum", id: id))
        try await download.commit()
    }
}

extension ImageContent.Layer {
    /// What users see of a layer that comes from a registry.
    var shortID: String { String(blob.hex.prefix(12)) }
}
