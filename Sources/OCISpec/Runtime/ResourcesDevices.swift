/// A device access rule.
public struct DeviceCgroup: Codable, Equatable, Sendable {
    /// Whether access is given or taken.
    public var allow: Bool
    /// `a` all, `c` or `b`.
    public var type: String?
    /// The major number; absent means all.
    public var major: Int64?
    /// The minor number; absent means all.
    public var minor: Int64?
    /// Some of `rwm`.
    public var access: String?

    /// Memberwise.
    public init(
        allow: Bool = false,
        type: String? = nil,
        major: Int64? = nil,
        minor: Int64? = nil,
        access: String? = nil
    ) {
        self.allow = allow
        self.type = type
        self.major = major
        self.minor = minor
        self.access = access
    }
}

/// Block device limits.
public struct BlockIO: Codable, Equatable, Sendable {
    /// Relative weight, 10 to 1000.
    public var weight: UInt16?
    /// Weight against child groups.
    public var leafWeight: UInt16?
    /// Weights by device.
    public var weightDevice: [WeightDevice]
    /// Bytes read a second by device.
    public var throttleReadBpsDevice: [ThrottleDevice]
    /// Bytes written a second by device.
    public var throttleWriteBpsDevice: [ThrottleDevice]
    /// Reads a second by device.
    public var throttleReadIOPSDevice: [ThrottleDevice]
    /// Writes a second by device.
    public var throttleWriteIOPSDevice: [ThrottleDevice]

    /// Memberwise.
    public init(
        weight: UInt16? = nil,
        leafWeight: UInt16? = nil,
        weightDevice: [WeightDevice] = [],
        throttleReadBpsDevice: [ThrottleDevice] = [],
        throttleWriteBpsDevice: [ThrottleDevice] = [],
        throttleReadIOPSDevice: [ThrottleDevice] = [],
        throttleWriteIOPSDevice: [ThrottleDevice] = []
    ) {
        self.weight = weight
        self.leafWeight = leafWeight
        self.weightDevice = weightDevice
        self.throttleReadBpsDevice = throttleReadBpsDevice
        self.throttleWriteBpsDevice = throttleWriteBpsDevice
        self.throttleReadIOPSDevice = throttleReadIOPSDevice
        self.throttleWriteIOPSDevice = throttleWriteIOPSDevice
    }
}

/// A block device's weight.
public struct WeightDevice: Codable, Equatable, Sendable {
    /// The major number.
    public var major: Int64
    /// The minor number.
    public var minor: Int64
    /// The weight.
    public var weight: UInt16?
    /// The weight against child groups.
    public var leafWeight: UInt16?

    /// Memberwise.
    public init(major: Int64, minor: Int64, weight: UInt16? = nil, leafWeight: UInt16? = nil) {
        self.major = major
        self.minor = minor
        self.weight = weight
        self.leafWeight = leafWeight
    }
}

/// A block device's rate limit.
public struct ThrottleDevice: Codable, Equatable, Sendable {
    /// The major number.
    public var major: Int64
    /// The minor number.
    public var minor: Int64
    /// The rate.
    public var rate: UInt64

    /// Memberwise.
    public init(major: Int64, minor: Int64, rate: UInt64) {
        self.major = major
        self.minor = minor
        self.rate = rate
    }
}
