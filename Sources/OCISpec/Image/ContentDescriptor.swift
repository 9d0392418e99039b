/// A content descriptor (image-spec, descriptor.md).
public struct ContentDescriptor: Codable, Equatable, Sendable {
    /// The content's media type.
    public var mediaType: String
    /// Its digest, as `sha256:…`.
    public var digest: String
    /// Its size in bytes.
    public var size: Int64
    /// Where it can be downloaded from.
    public var urls: [String]
    /// Free-form metadata.
    public var annotations: [String: String]?
    /// The content itself in base64.
    public var data: String?
    /// The platform an image is for.
    public var platform: Platform?
    /// The type of an artifact.
    public var artifactType: String?

    /// Memberwise.
    public init(
        mediaType: String,
        digest: String,
        size: Int64,
        urls: [String] = [],
        annotations: [String: String]? = nil,
        data: String? = nil,
        platform: Platform? = nil,
        artifactType: String? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.urls = urls
        self.annotations = annotations
        self.data = data
        self.platform = platform
        self.artifactType = artifactType
    }
}
