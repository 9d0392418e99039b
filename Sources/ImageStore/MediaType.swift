/// The media types of image documents.
enum MediaType {
    static let ociIndex = "application/vnd.oci.image.index.v1+json"
    static let ociManifest = "application/vnd.oci.image.manifest.v1+json"
    static let ociConfiguration = "application/vnd.oci.image.config.v1+json"
    static let ociLayer = "application/vnd.oci.image.layer.v1.tar"
    static let ociLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip"
    static let dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
    static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
    static let dockerSchema1 = "application/vnd.docker.distribution.manifest.v1+json"
    static let dockerSchema1Signed = "application/vnd.docker.distribution.manifest.v1+prettyjws"

    static func isIndex(_ type: String) -> Bool { type == ociIndex || type == dockerList }
    static func isManifest(_ type: String) -> Bool { type == ociManifest || type == dockerManifest }
    static func isSchema1(_ type: String) -> Bool { type == dockerSchema1 || type == dockerSchema1Signed }

    /// Layers that a runtime may not use are for other systems.
    static func isForeignLayer(_ type: String) -> Bool {
        type.contains("nondistributable") || type.contains("rootfs.foreign")
    }
}
