/// A network device moved into the container.
public struct NetDevice: Codable, Equatable, Sendable {
    /// Its name there.
    public var name: String?

    /// Memberwise.
    public init(name: String? = nil) {
        self.name = name
    }
}

/// A device node.
public struct Device: Codable, Equatable, Sendable {
    /// `c` or `u` character, `b` block, `p` fifo.
    public var type: String
    /// The path in the container.
    public var path: String
    /// The major number.
    public var major: Int64?
    /// The minor number.
    public var minor: Int64?
    /// The permission bits.
    public var fileMode: UInt32?
    /// The owner.
    public var uid: UInt32?
    /// The group.
    public var gid: UInt32?

    /// Memberwise.
    public init(
        type: String,
        path: String,
        major: Int64? = nil,
        minor: Int64? = nil,
        fileMode: UInt32? = nil,
        uid: UInt32? = nil,
        gid: UInt32? = nil
    ) {
        self.type = type
        self.path = path
        self.major = major
        self.minor = minor
        self.fileMode = fileMode
        self.uid = uid
        self.gid = gid
    }
}
