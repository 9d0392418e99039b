/// How much of an image is in the store.
public struct ImageCompleteness: Sendable, Equatable {
    /// Documents and blobs that are here.
    public let present: Int
    /// Documents and blobs that belong to it.
    public let required: Int
    /// The bytes of those that are here.
    public let presentBytes: Int64
    /// The bytes of all.
    public let requiredBytes: Int64
    /// Whether all of its layers are unpacked.
    public let isUnpacked: Bool
}
