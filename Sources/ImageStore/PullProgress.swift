/// A message about work under way, with the fields of Docker's JSON messages.
public struct PullProgress: Sendable, Equatable {
    /// What is being done, as `Downloading`.
    public var status: String
    /// What it is done to: a layer's short digest, or a tag.
    public var id: String?
    /// How far it is, in bytes.
    public var current: Int64?
    /// How far it will go, in bytes.
    public var total: Int64?

    /// Memberwise.
    public init(status: String, id: String? = nil, current: Int64? = nil, total: Int64? = nil) {
        self.status = status
        self.id = id
        self.current = current
        self.total = total
    }
}
