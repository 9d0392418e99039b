/// A mount in the container, see mount(8).
public struct Mount: Codable, Equatable, Sendable {
    /// Where, in the container.
    public var destination: String
    /// The file system's type; `bind` or absent for bind mounts.
    public var type: String?
    /// The device, directory or name.
    public var source: String?
    /// Mount options as fstab(5) has them.
    public var options: [String]
    /// User id mappings of an id-mapped mount.
    public var uidMappings: [IDMapping]
    /// Group id mappings of an id-mapped mount.
    public var gidMappings: [IDMapping]

    /// Memberwise.
    public init(
        destination: String,
        type: String? = nil,
        source: String? = nil,
        options: [String] = [],
        uidMappings: [IDMapping] = [],
        gidMappings: [IDMapping] = []
    ) {
        self.destination = destination
        self.type = type
        self.source = source
        self.options = options
        self.uidMappings = uidMappings
        self.gidMappings = gidMappings
    }
}
