import Glibc
import LinuxSystem
import OCISpec

/// Finds an image's manifest among its documents, or writes one for an image that came without.
struct ManifestWriter: Sendable {
    let blobs: BlobStore

    /// `nil` where the document is no manifest of this image, or what it names is not here.
    func target(document digest: Digest, image id: String) throws -> ImageTarget? {
        guard blobs.contains(digest) else { return nil }
        let bytes = try blobs.read(digest, limit: ImageArchive.maximumDocument)
        guard case .manifest(let manifest) = try? ManifestDocument(bytes, type: ""), manifest.config.digest == id,
            manifest.layers.allSatisfy({ Digest($0.digest).map(blobs.contains) ?? false })
        else { return nil }
        return ImageTarget(
            descriptor: ContentDescriptor(
                mediaType: manifest.mediaType ?? MediaType.ociManifest, digest: digest.description,
                size: Int64(bytes.count)),
            bytes: bytes, manifest: manifest)
    }

    /// - Parameter layers: the blobs, the lowest first.
    func target(configuration: [UInt8], layers: [Digest]) throws -> ImageTarget {
        let manifest = Manifest(
            mediaType: MediaType.ociManifest,
            config: ContentDescriptor(
                mediaType: MediaType.ociConfiguration, digest: Digest(of: configuration).description,
                size: Int64(configuration.count)),
            layers: try layers.map(descriptor))
        let bytes = try OCIJSON.encode(manifest)
        return ImageTarget(
            descriptor: ContentDescriptor(
                mediaType: MediaType.ociManifest, digest: Digest(of: bytes).description, size: Int64(bytes.count)),
            bytes: bytes, manifest: manifest)
    }

    /// A layer's blob tells by its first bytes how it is compressed.
    private func descriptor(_ blob: Digest) throws -> ContentDescriptor {
        let file = try Descriptor.open(blobs.layout.blob(blob), O_RDONLY | O_NOFOLLOW)
        let number = file.rawValue
        var magic = [UInt8](repeating: 0, count: 4)
        _ = try systemCall("read", blob.description) { read(number, &magic, magic.count) }
        let suffix =
            if magic.starts(with: [0x1F, 0x8B]) { "+gzip" } else if magic == [0x28, 0xB5, 0x2F, 0xFD] { "+zstd" } else {
                ""
            }
        return ContentDescriptor(
            mediaType: MediaType.ociLayer + suffix, digest: blob.description, size: Int64(try file.status().st_size))
    }
}
