import NIOCore
import OCISpec
import Registry

/// Pulls one image from one place, under the store's lock.
struct ImagePull: Sendable {
    let store: ImageStore
    let reference: ImageReference
    let platform: Platform
    let repository: RepositoryClient
    let threads: BlockingPool
    let progress: @Sendable (PullProgress) -> Void

    func run() async throws -> Image {
        let search = ManifestSearch(repository: repository, reference: reference, platform: platform)
        let finding = try await search.run {
            progress(
                PullProgress(
                    status: "Pulling from \(reference.path)", id: reference.digest ?? reference.tag ?? "latest"))
        }
        var content = try await content(of: finding.manifest)
        let (blobs, documents, configuration) = (store.blobs, finding.documents, content.configuration)
        content.documents = try await threads.run {
            _ = try blobs.add(configuration)
            return try documents.map(blobs.add)
        }
        let (isKnown, previous) = try await store.database.read { [id = content.id.description, reference] database in
            (try database.imageExists(id), try database.resolve(reference))
        }
        try await unpack(content, quietly: isKnown)
        let image = try await store.registrar.register(
            content, names: reference.digest == nil ? [reference] : [],
            origin: (reference.repository, finding.digest.description))
        progress(PullProgress(status: "Digest: \(finding.digest)"))
        let outcome = previous == image.id ? "Image is up to date" : "Downloaded newer image"
        progress(PullProgress(status: "Status: \(outcome) for \(reference.familiar)"))
        return image
    }

    /// - Parameter quietly: says nothing about layers that are there, since the image was as well.
    private func unpack(_ content: ImageContent, quietly: Bool) async throws {
        let downloads = LayerDownloads(
            repository: repository, layout: store.layout,
            slots: DownloadSlots(store.registries.maximumDownloads), threads: threads, progress: progress)
        let (layers, progress) = (content.layers, progress)
        try await store.registrar.unpack(content) { index in
            try await downloads.fetch(layers[index])
        } report: { index, event in
            let (id, size) = (layers[index].shortID, layers[index].blobSize)
            switch event {
            case .exists: if !quietly { progress(PullProgress(status: "Already exists", id: id)) }
            case .missing: progress(PullProgress(status: "Pulling fs layer", id: id))
            case .extracting(let done):
                progress(PullProgress(status: "Extracting", id: id, current: done, total: size))
            case .complete: progress(PullProgress(status: "Pull complete", id: id))
            }
        }
    }

    private func content(of manifest: Manifest) async throws -> ImageContent {
        guard MediaType.isConfiguration(manifest.config.mediaType) else {
            throw ImageStoreError.malformed(
                what: "manifest", reason: "\(manifest.config.mediaType) is no image: it cannot be run")
        }
        let layers = try manifest.layers.map { layer in
            guard let digest = Digest(layer.digest), layer.size >= 0 else {
                throw ImageStoreError.malformed(
                    what: "manifest", reason: "a layer has the digest \"\(layer.digest)\" and the size \(layer.size)")
            }
            return (digest: digest, size: layer.size)
        }
        let content = try ImageContent(configuration: try await configuration(manifest.config), blobs: layers)
        let system = try OCIJSON.decode(ImageConfiguration.self, from: content.configuration).os
        guard system.isEmpty || system == "linux" else {
            throw ImageStoreError.registry(
                "image operating system \"\(system)\" cannot be used on this platform", .invalid)
        }
        return content
    }

    private func configuration(_ descriptor: ContentDescriptor) async throws -> [UInt8] {
        guard let digest = Digest(descriptor.digest), descriptor.size <= Int64(ImageContent.maximumConfiguration) else {
            throw ImageStoreError.malformed(
                what: "manifest",
                reason: "the configuration has the digest \"\(descriptor.digest)\" and the size \(descriptor.size)")
        }
        let blobs = store.blobs
        if let known = try await threads.run({
            blobs.contains(digest) ? try blobs.read(digest, limit: ImageContent.maximumConfiguration) : nil
        }) {
            return known
        }
        var bytes: [UInt8] = []
        try await repository.blob(digest.description, from: 0) { _ in
        } take: { part in
            bytes += part.readableBytesView
            guard bytes.count <= ImageContent.maximumConfiguration else {
                throw ImageStoreError.malformed(what: "image configuration", reason: "it is too large")
            }
        }
        guard Digest(of: bytes) == digest else {
            throw ImageStoreError.registry("image config verification failed for digest \(digest)", .unavailable)
        }
        return bytes
    }
}
