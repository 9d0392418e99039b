/// The media types of image documents.
enum MediaType {
    static let ociIndex = "application/vnd.oci.image.index.v1+json"
    static let ociManifest = "application/vnd.oci.image.manifest.v1+json"
    static let ociConfiguration = "application/vnd.oci.image.config.v1+json"
    static let ociLayer = "application/vnd.oci.image.layer.v1.tar"
    static let ociLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip"
    static let dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
    static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
    static let dockerConfiguration = "application/vnd.docker.container.image.v1+json"
    static let dockerSchema1 = "application/vnd.docker.distribution.manifest.v1+json"
    static let dockerSchema1Signed = "application/vnd.docker.distribution.manifest.v1+prettyjws"

    static func isIndex(_ type: String) -> Bool { type == ociIndex || type == dockerList }
    static func isManifest(_ type: String) -> Bool { type == ociManifest || type == dockerManifest }
    static func isSchema1(_ type: String) -> Bool { type == dockerSchema1 || type == dockerSchema1Signed }

    /// All manifests and indexes that can be read.
    static let documents = [dockerManifest, ociManifest, dockerList, ociIndex]

    /// Registries and tools call configurations many things; what is sure to be none, as a chart or a plugin, is not
    /// in here.
    static func isConfiguration(_ type: String) -> Bool {
        ["", ociConfiguration, dockerConfiguration, "application/octet-stream", "application/json"].contains(type)
    }
}
