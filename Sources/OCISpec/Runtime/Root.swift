/// The container's root file system.
public struct Root: Codable, Equatable, Sendable {
    /// The directory, absolute or relative to the bundle.
    public var path: String
    /// Whether the container sees it read-only.
    public var readonly: Bool

    /// Memberwise.
    public init(path: String, readonly: Bool = false) {
        self.path = path
        self.readonly = readonly
    }
}
