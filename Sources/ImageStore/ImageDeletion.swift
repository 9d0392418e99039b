/// A step of an image's deletion, in the order in which Docker reports them.
public enum ImageDeletion: Sendable, Equatable {
    /// A name was taken away, as users write it.
    case untagged(String)
    /// An image or a layer was deleted: its digest.
    case deleted(String)
}

/// A container that uses an image, told by the engine.
public struct ImageUser: Sendable, Equatable {
    /// The container's id.
    public var containerID: String
    /// Whether it runs; a stopped one can be overridden by force.
    public var isRunning: Bool

    /// Memberwise.
    public init(containerID: String, isRunning: Bool) {
        self.containerID = containerID
        self.isRunning = isRunning
    }
}
