/// The platform an image is for.
public struct Platform: Codable, Equatable, Sendable {
    /// As Go names it, `amd64`.
    public var architecture: String
    /// As Go names it, `linux`.
    public var os: String
    /// The version of the system.
    public var osVersion: String?
    /// Required features.
    public var osFeatures: [String]
    /// The CPU variant, as `v8`.
    public var variant: String?

    /// Memberwise.
    public init(
        architecture: String,
        os: String,
        osVersion: String? = nil,
        osFeatures: [String] = [],
        variant: String? = nil
    ) {
        self.architecture = architecture
        self.os = os
        self.osVersion = osVersion
        self.osFeatures = osFeatures
        self.variant = variant
    }

    private enum CodingKeys: String, CodingKey {
        case architecture
        case os
        case osVersion = "os.version"
        case osFeatures = "os.features"
        case variant
    }
}
