public import OCISpec

/// An image in the store.
public struct Image: Sendable, Equatable {
    /// The digest of its configuration, as `sha256:…`.
    public let id: String
    /// Its tagged names as users write them, as `busybox:latest`, in order.
    public let repoTags: [String]
    /// Where it was pulled from, as `busybox@sha256:…`, in order.
    public let repoDigests: [String]
    /// Its configuration. Everything in it is data from the image's author and to be checked before use.
    public let configuration: ImageConfiguration
    /// The configuration's bytes, whose digest is `id`.
    public let configurationBytes: [UInt8]
    /// The uncompressed size of all its layers in bytes.
    public let size: Int64
    /// When it was made as its author says, RFC 3339.
    public let created: String?
    /// When a name was last given to it here, in seconds since 1970.
    public let lastTagged: Int64?
    /// Its layers, the lowest first.
    public let layers: [Layer]
    /// Images that come from registries or archives have no parent.
    public var parent: String { "" }

    /// A layer of an image.
    public struct Layer: Sendable, Equatable {
        /// The digest of the layer's uncompressed archive.
        public let diffID: String
        /// The digest of this layer upon those below it (image-spec, config.md).
        public let chainID: String
        /// The sum of its files' sizes in bytes.
        public let size: Int64
    }
}
