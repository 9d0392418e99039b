/// A container's state, as `state` prints it and hooks read it (runtime.md).
public struct State: Codable, Equatable, Sendable {
    /// The version of the runtime specification.
    public var ociVersion: String
    /// The container's id.
    public var id: String
    /// creating, created, running, paused or stopped.
    public var status: String
    /// Its first process, in the reader's pid namespace.
    public var pid: Int?
    /// The bundle's absolute path.
    public var bundle: String
    /// The annotations of the bundle.
    public var annotations: [String: String]?

    /// Memberwise.
    public init(
        ociVersion: String = "1.3.0",
        id: String,
        status: String,
        pid: Int? = nil,
        bundle: String,
        annotations: [String: String]? = nil
    ) {
        self.ociVersion = ociVersion
        self.id = id
        self.status = status
        self.pid = pid
        self.bundle = bundle
        self.annotations = annotations
    }
}
