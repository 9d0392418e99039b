/// A namespace to make, or to join.
public struct Namespace: Codable, Equatable, Sendable {
    /// mount, pid, network, uts, ipc, user, cgroup or time.
    public var type: String
    /// The file of the namespace to join; absent means a new one.
    public var path: String?

    /// Memberwise.
    public init(type: String, path: String? = nil) {
        self.type = type
        self.path = path
    }
}

/// A range of ids in a user namespace.
public struct IDMapping: Codable, Equatable, Sendable {
    /// The first id in the container.
    public var containerID: UInt32
    /// The first id on the host.
    public var hostID: UInt32
    /// How many.
    public var size: UInt32

    /// Memberwise.
    public init(containerID: UInt32, hostID: UInt32, size: UInt32) {
        self.containerID = containerID
        self.hostID = hostID
        self.size = size
    }
}

/// An offset of a clock in a time namespace.
public struct TimeOffset: Codable, Equatable, Sendable {
    /// Seconds.
    public var secs: Int64?
    /// Nanoseconds.
    public var nanosecs: UInt32?

    /// Memberwise.
    public init(secs: Int64? = nil, nanosecs: UInt32? = nil) {
        self.secs = secs
        self.nanosecs = nanosecs
    }
}
