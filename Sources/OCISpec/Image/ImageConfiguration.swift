/// An image's configuration (image-spec, config.md).
public struct ImageConfiguration: Codable, Equatable, Sendable {
    /// When it was made, RFC 3339.
    public var created: String?
    /// Who made it.
    public var author: String?
    /// As Go names it, `amd64`.
    public var architecture: String
    /// The CPU variant.
    public var variant: String?
    /// As Go names it, `linux`.
    public var os: String
    /// The version of the system.
    public var osVersion: String?
    /// Required features.
    public var osFeatures: [String]
    /// How to run it.
    public var config: ImageConfig?
    /// Its layers.
    public var rootfs: RootFS
    /// How it was made.
    public var history: [History]

    /// Memberwise.
    public init(
        created: String? = nil,
        author: String? = nil,
        architecture: String,
        variant: String? = nil,
        os: String,
        osVersion: String? = nil,
        osFeatures: [String] = [],
        config: ImageConfig? = nil,
        rootfs: RootFS,
        history: [History] = []
    ) {
        self.created = created
        self.author = author
        self.architecture = architecture
        self.variant = variant
        self.os = os
        self.osVersion = osVersion
        self.osFeatures = osFeatures
        self.config = config
        self.rootfs = rootfs
        self.history = history
    }

    private enum CodingKeys: String, CodingKey {
        case created
        case author
        case architecture
        case variant
        case os
        case osVersion = "os.version"
        case osFeatures = "os.features"
        case config
        case rootfs
        case history
    }
}

/// The layers of an image.
public struct RootFS: Codable, Equatable, Sendable {
    /// Always `layers`.
    public var type: String
    /// Digests of the uncompressed layers, the lowest first.
    public var diffIDs: [String]

    /// Memberwise.
    public init(type: String = "layers", diffIDs: [String] = []) {
        self.type = type
        self.diffIDs = diffIDs
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case diffIDs = "diff_ids"
    }

    /// Writes the layers; `diff_ids` is there even when empty.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        try container.encodeIfPresent(Optional(diffIDs), forKey: .diffIDs)
    }
}

/// A step of an image's making.
public struct History: Codable, Equatable, Sendable {
    /// When, RFC 3339.
    public var created: String?
    /// By which command.
    public var createdBy: String?
    /// By whom.
    public var author: String?
    /// A note.
    public var comment: String?
    /// Whether it made no layer.
    public var emptyLayer: Bool?

    /// Memberwise.
    public init(
        created: String? = nil,
        createdBy: String? = nil,
        author: String? = nil,
        comment: String? = nil,
        emptyLayer: Bool? = nil
    ) {
        self.created = created
        self.createdBy = createdBy
        self.author = author
        self.comment = comment
        self.emptyLayer = emptyLayer
    }

    private enum CodingKeys: String, CodingKey {
        case created
        case createdBy = "created_by"
        case author
        case comment
        case emptyLayer = "empty_layer"
    }
}
