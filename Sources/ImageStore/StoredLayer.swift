/// An unpacked layer.
public struct StoredLayer: Sendable, Equatable {
    /// The digest of this layer upon those below it.
    public let chainID: String
    /// The chain id of the layer below; `nil` for the lowest.
    public let parent: String?
    /// The sum of its files' sizes in bytes.
    public let size: Int64
}
