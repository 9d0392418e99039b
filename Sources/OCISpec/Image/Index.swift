/// An index of images (image-spec, image-index.md), also the `index.json` of an image layout.
public struct Index: Codable, Equatable, Sendable {
    /// Always 2.
    public var schemaVersion: Int
    /// The document's own media type.
    public var mediaType: String?
    /// The type of an artifact.
    public var artifactType: String?
    /// The images.
    public var manifests: [ContentDescriptor]
    /// The manifest this one is about.
    public var subject: ContentDescriptor?
    /// Free-form metadata.
    public var annotations: [String: String]?

    /// Memberwise.
    public init(
        schemaVersion: Int = 2,
        mediaType: String? = nil,
        artifactType: String? = nil,
        manifests: [ContentDescriptor],
        subject: ContentDescriptor? = nil,
        annotations: [String: String]? = nil
    ) {
        self.schemaVersion = schemaVersion
        self.mediaType = mediaType
        self.artifactType = artifactType
        self.manifests = manifests
        self.subject = subject
        self.annotations = annotations
    }

    private enum CodingKeys: String, CodingKey {
        case schemaVersion, mediaType, artifactType, manifests, subject, annotations
        case config, layers, fsLayers
    }

    /// Reads an index; a document that could be read as a manifest as well is refused (CVE-2021-41190).
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        for foreign in [CodingKeys.config, .layers, .fsLayers] where container.contains(foreign) {
            throw OCIJSONError.value(at: container.codingPath + [foreign], "an image index must not have this field")
        }
        schemaVersion = try container.decode(Int.self, forKey: .schemaVersion)
        mediaType = try container.decodeIfPresent(String.self, forKey: .mediaType)
        artifactType = try container.decodeIfPresent(String.self, forKey: .artifactType)
        manifests = try container.decode([ContentDescriptor].self, forKey: .manifests)
        subject = try container.decodeIfPresent(ContentDescriptor.self, forKey: .subject)
        annotations = try container.decodeIfPresent([String: String].self, forKey: .annotations)
    }

    /// Writes an index; `manifests` is there even when empty.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schemaVersion, forKey: .schemaVersion)
        try container.encodeIfPresent(mediaType, forKey: .mediaType)
        try container.encodeIfPresent(artifactType, forKey: .artifactType)
        try container.encodeIfPresent(Optional(manifests), forKey: .manifests)
        try container.encodeIfPresent(subject, forKey: .subject)
        try container.encodeIfPresent(annotations, forKey: .annotations)
    }
}
