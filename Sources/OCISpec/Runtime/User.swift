/// Who a program runs as, in the container's user namespace.
public struct User: Codable, Equatable, Sendable {
    /// The user id.
    public var uid: UInt32
    /// The group id.
    public var gid: UInt32
    /// The file mode creation mask.
    public var umask: UInt32?
    /// Supplementary groups.
    public var additionalGids: [UInt32]
    /// The name, which Linux ignores.
    public var username: String?

    /// Memberwise.
    public init(
        uid: UInt32 = 0,
        gid: UInt32 = 0,
        umask: UInt32? = nil,
        additionalGids: [UInt32] = [],
        username: String? = nil
    ) {
        self.uid = uid
        self.gid = gid
        self.umask = umask
        self.additionalGids = additionalGids
        self.username = username
    }

    /// Reads a user; absent ids are 0, as in Go's model.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        uid = try container.decodeIfPresent(UInt32.self, forKey: .uid) ?? 0
        gid = try container.decodeIfPresent(UInt32.self, forKey: .gid) ?? 0
        umask = try container.decodeIfPresent(UInt32.self, forKey: .umask)
        additionalGids = try container.decode([UInt32].self, forKey: .additionalGids)
        username = try container.decodeIfPresent(String.self, forKey: .username)
    }
}
