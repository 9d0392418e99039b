public import OCISpec

/// The manifest of an image: what a name stands for in a registry or an archive.
public struct ImageTarget: Sendable, Equatable {
    /// Its media type, digest and size.
    public let descriptor: ContentDescriptor
    /// The document itself.
    public let bytes: [UInt8]
    /// What it says.
    public let manifest: Manifest

    /// The bytes of the manifest, the configuration and the layers' blobs together.
    public var size: Int64 {
        descriptor.size + manifest.config.size + manifest.layers.reduce(0) { $0 + $1.size }
    }
}
