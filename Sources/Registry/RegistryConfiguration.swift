/// How registries are reached.
public struct RegistryConfiguration: Sendable, Equatable {
    /// Registries that may be plain HTTP or have unverified certificates, as `host:port`, `host` or an address range in
    /// CIDR form. Loopback is always among them.
    public var insecureRegistries: [String]
    /// Registries to ask before Docker Hub, as URLs.
    public var mirrors: [String]
    /// Directories with a subdirectory per `host:port` that holds `*.crt` (authorities) and `*.cert` with `*.key`
    /// (client certificates).
    public var certificateDirectories: [String]
    /// How many layers of a pull are downloaded at once.
    public var maximumDownloads: Int

    /// Docker's defaults.
    public init(
        insecureRegistries: [String] = [],
        mirrors: [String] = [],
        certificateDirectories: [String] = ["/etc/docker/certs.d", "/etc/skiff/certs.d"],
        maximumDownloads: Int = 3
    ) {
        self.insecureRegistries = insecureRegistries
        self.mirrors = mirrors
        self.certificateDirectories = certificateDirectories
        self.maximumDownloads = maximumDownloads
    }
}
