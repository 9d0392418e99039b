import Archive
import OCISpec

/// An image found in an archive.
struct ArchivedImage: @unchecked Sendable {
    let content: ImageContent
    let names: [ImageReference]
    /// The blobs it needs, to be committed.
    let files: [BlobWriter]
    /// Documents to be added as blobs.
    let documents: [[UInt8]]

    static let indexName = "index.json"
    static let listName = "manifest.json"

    /// All images of an archive that `docker save` or an OCI tool made.
    static func images(in archive: ImageArchive, platform: Platform) throws -> [ArchivedImage] {
        if archive.contains(listName) { return try dockerImages(in: archive) }
        if archive.contains(indexName) {
            var search = ArchivedIndexSearch(archive: archive, platform: platform)
            return try search.images()
        }
        throw ImageStoreError.malformed(
            what: "archive", reason: "neither manifest.json nor index.json is in it, so it holds no images")
    }

    /// An item of `manifest.json`.
    private struct ListItem: Decodable {
        let config: String
        let repoTags: [String]?
        let layers: [String]?

        private enum CodingKeys: String, CodingKey {
            case config = "Config"
            case repoTags = "RepoTags"
            case layers = "Layers"
        }
    }

    private static func dockerImages(in archive: ImageArchive) throws -> [ArchivedImage] {
        let items = try OCIJSON.decode([ListItem].self, from: archive.document(listName))
        return try items.map { item in
            let configuration = try archive.document(item.config)
            let files = try (item.layers ?? []).map { name in
                guard let file = archive.file(name) else {
                    throw ImageStoreError.malformed(what: "archive", reason: "its layer \"\(name)\" is missing")
                }
                return file
            }
            let content = try ImageContent(configuration: configuration, blobs: files.map { ($0.digest, $0.size) })
            let manifest = Manifest(
                mediaType: MediaType.ociManifest,
                config: ContentDescriptor(
                    mediaType: MediaType.ociConfiguration, digest: content.id.description,
                    size: Int64(configuration.count)),
                layers: zip(content.layers, files).map { layer, file in
                    ContentDescriptor(
                        mediaType: layer.blob == layer.diffID ? MediaType.ociLayer : MediaType.ociLayerGzip,
                        digest: layer.blob.description, size: file.size)
                })
            return ArchivedImage(
                content: content,
                names: try (item.repoTags ?? []).map { try ImageReference(parsing: $0) },
                files: files,
                documents: [configuration, try OCIJSON.encode(manifest)])
        }
    }
}
