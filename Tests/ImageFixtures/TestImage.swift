import Crypto
package import OCISpec

/// An image for tests, and the archives that hold it.
package struct TestImage {
    package struct Layer {
        package let tar: [UInt8]
        package let blob: [UInt8]
        package let mediaType: String

        package init(_ tar: [UInt8], _ compression: Compression = .none) throws {
            self.tar = tar
            blob = try compression.compress(tar)
            mediaType =
                switch compression {
                case .none: "application/vnd.oci.image.layer.v1.tar"
                case .gzip: "application/vnd.oci.image.layer.v1.tar+gzip"
                case .zstd: "application/vnd.oci.image.layer.v1.tar+zstd"
                }
        }
    }

    package let layers: [Layer]
    package let configuration: [UInt8]
    package var manifest: [UInt8] = []

    package init(
        _ layers: [Layer], architecture: String = "amd64", variant: String? = nil, diffIDs: [String]? = nil,
        created: String = "2026-01-02T03:04:05Z"
    ) throws {
        self.layers = layers
        configuration = try OCIJSON.encode(
            ImageConfiguration(
                created: created, architecture: architecture, variant: variant, os: "linux",
                config: ImageConfig(cmd: ["sh"]),
                rootfs: RootFS(diffIDs: diffIDs ?? layers.map { Self.digest($0.tar) })))
        manifest = try OCIJSON.encode(
            Manifest(
                mediaType: "application/vnd.oci.image.manifest.v1+json",
                config: Self.descriptor(configuration, "application/vnd.oci.image.config.v1+json"),
                layers: layers.map { Self.descriptor($0.blob, $0.mediaType) }))
    }

    package var id: String { Self.digest(configuration) }
    package var manifestDigest: String { Self.digest(manifest) }

    package var manifestDescriptor: ContentDescriptor {
        Self.descriptor(manifest, "application/vnd.oci.image.manifest.v1+json")
    }

    /// All blobs of the image with their digests.
    package var blobs: [(digest: String, bytes: [UInt8])] {
        ([manifest, configuration] + layers.map(\.blob)).map { (Self.digest($0), $0) }
    }

    /// An archive as `docker save` writes it.
    package func dockerArchive(names: [String]?, layerName: (Int) -> String = { "layer\($0)/layer.tar" }) -> [UInt8] {
        var tar = TarBuilder()
        for (index, layer) in layers.enumerated() { tar.file(layerName(index), layer.blob) }
        let config = String(id.dropFirst(7)) + ".json"
        tar.file(config, configuration)
        let list = { (texts: [String]) in "[" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "]" }
        let tags = names.map(list) ?? "null"
        tar.file(
            "manifest.json",
            "[{\"Config\":\"\(config)\",\"RepoTags\":\(tags),\"Layers\":\(list(layers.indices.map(layerName)))}]")
        return tar.finished()
    }

    /// An OCI layout as an archive.
    package static func ociArchive(
        _ index: Index, blobs: [(digest: String, bytes: [UInt8])]
    ) throws -> [UInt8] {
        var tar = TarBuilder()
        tar.file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
        tar.directory("blobs/")
        tar.directory("blobs/sha256/")
        for blob in blobs { tar.file("blobs/sha256/" + blob.digest.dropFirst(7), blob.bytes) }
        tar.file("index.json", try OCIJSON.encode(index))
        return tar.finished()
    }

    package static func digest(_ bytes: [UInt8]) -> String {
        "sha256:"
            + SHA256.hash(data: bytes).map { byte in
                let text = String(byte, radix: 16)
                return text.count == 1 ? "0" + text : text
            }.joined()
    }

    package static func descriptor(_ bytes: [UInt8], _ mediaType: String) -> ContentDescriptor {
        ContentDescriptor(mediaType: mediaType, digest: digest(bytes), size: Int64(bytes.count))
    }
}
