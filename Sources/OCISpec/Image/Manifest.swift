/// An image's manifest (image-spec, manifest.md).
public struct Manifest: Codable, Equatable, Sendable {
    /// Always 2.
    public var schemaVersion: Int
    /// The document's own media type.
    public var mediaType: String?
    /// The type of an artifact.
    public var artifactType: String?
    /// The image's configuration.
    public var config: ContentDescriptor
    /// The layers, the lowest first.
    public var layers: [ContentDescriptor]
    /// The manifest this one is about.
    public var subject: ContentDescriptor?
    /// Free-form metadata.
    public var annotations: [String: String]?

    /// Memberwise.
    public init(
        schemaVersion: Int = 2,
        mediaType: String? = nil,
        artifactType: String? = nil,
        config: ContentDescriptor,
        layers: [ContentDescriptor],
        subject: ContentDescriptor? = nil,
        annotations: [String: String]? = nil
    ) {
        self.schemaVersion = schemaVersion
        self.mediaType = mediaType
        self.artifactType = artifactType
        self.config = config
        self.layers = layers
        self.subject = subject
        self.annotations = annotations
    }

    private enum CodingKeys: String, CodingKey {
        case schemaVersion, mediaType, artifactType, config, layers, subject, annotations
        case manifests, fsLayers
    }

    /// Reads a manifest; a document that could be read as an index as well is refused (CVE-2021-41190).
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        for foreign in [CodingKeys.manifests, .fsLayers] where container.contains(foreign) {
            throw OCIJSONError.value(
                at: container.codingPath + [foreign], "an image manifest must not have this field")
        }
        schemaVersion = try container.decode(Int.self, forKey: .schemaVersion)
        mediaType = try container.decodeIfPresent(String.self, forKey: .mediaType)
        artifactType = try container.decodeIfPresent(String.self, forKey: .artifactType)
        config = try container.decode(ContentDescriptor.self, forKey: .config)
        layers = try container.decode([ContentDescriptor].self, forKey: .layers)
        subject = try container.decodeIfPresent(ContentDescriptor.self, forKey: .subject)
        annotations = try container.decodeIfPresent([String: String].self, forKey: .annotations)
    }

    /// Writes a manifest; `layers` is there even when empty.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schemaVersion, forKey: .schemaVersion)
        try container.encodeIfPresent(mediaType, forKey: .mediaType)
        try container.encodeIfPresent(artifactType, forKey: .artifactType)
        try container.encode(config, forKey: .config)
        try container.encodeIfPresent(Optional(layers), forKey: .layers)
        try container.encodeIfPresent(subject, forKey: .subject)
        try container.encodeIfPresent(annotations, forKey: .annotations)
    }
}
