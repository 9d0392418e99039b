/// Intel Resource Director Technology settings.
public struct IntelRdt: Codable, Equatable, Sendable {
    /// The class of service.
    public var closID: String?
    /// Lines for the schemata file.
    public var schemata: [String]
    /// The L3 cache schema.
    public var l3CacheSchema: String?
    /// The memory bandwidth schema.
    public var memBwSchema: String?
    /// Cache monitoring.
    public var enableCMT: Bool?
    /// Bandwidth monitoring.
    public var enableMBM: Bool?
    /// A monitoring group.
    public var enableMonitoring: Bool?

    /// Memberwise.
    public init(
        closID: String? = nil,
        schemata: [String] = [],
        l3CacheSchema: String? = nil,
        memBwSchema: String? = nil,
        enableCMT: Bool? = nil,
        enableMBM: Bool? = nil,
        enableMonitoring: Bool? = nil
    ) {
        self.closID = closID
        self.schemata = schemata
        self.l3CacheSchema = l3CacheSchema
        self.memBwSchema = memBwSchema
        self.enableCMT = enableCMT
        self.enableMBM = enableMBM
        self.enableMonitoring = enableMonitoring
    }
}

/// A NUMA memory policy, see set_mempolicy(2).
public struct MemoryPolicy: Codable, Equatable, Sendable {
    /// The mode, as `MPOL_BIND`.
    public var mode: String?
    /// The nodes, as `0-3,7`.
    public var nodes: String?
    /// Mode flags.
    public var flags: [String]

    /// Memberwise.
    public init(mode: String? = nil, nodes: String? = nil, flags: [String] = []) {
        self.mode = mode
        self.nodes = nodes
        self.flags = flags
    }
}

/// An execution domain, see personality(2).
public struct Personality: Codable, Equatable, Sendable {
    /// `LINUX` or `LINUX32`.
    public var domain: String?
    /// Flags; none is defined yet.
    public var flags: [String]

    /// Memberwise.
    public init(domain: String? = nil, flags: [String] = []) {
        self.domain = domain
        self.flags = flags
    }
}
