/// A place where a registry's API may be.
package struct RegistryEndpoint: Hashable, Sendable {
    /// `https` or `http`.
    let scheme: String
    /// `host` or `host:port`.
    let host: String
    /// What goes before `/v2/`, for mirrors.
    let prefix: String
    /// Whether the certificate need not be verified.
    let isInsecure: Bool
    /// Credentials are for the registry itself.
    let isMirror: Bool

    var base: String { "\(scheme)://\(host)\(prefix)/v2/" }

    /// The places of a registry in the order in which they are tried.
    static func all(for domain: String, _ configuration: RegistryConfiguration) -> [RegistryEndpoint] {
        guard domain != "docker.io" else {
            return configuration.mirrors.compactMap { mirror($0, configuration) } + [
                RegistryEndpoint(
                    scheme: "https", host: "registry-1.docker.io", prefix: "", isInsecure: false, isMirror: false)
            ]
        }
        let isInsecure = InsecureRegistries(configuration.insecureRegistries).contain(domain)
        return (isInsecure ? ["https", "http"] : ["https"]).map {
            RegistryEndpoint(scheme: $0, host: domain.lowercased(), prefix: "", isInsecure: isInsecure, isMirror: false)
        }
    }

    private static func mirror(_ url: String, _ configuration: RegistryConfiguration) -> RegistryEndpoint? {
        guard let separator = url.firstRange(of: "://") else { return nil }
        let scheme = url[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = url[separator.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var prefix = rest[slash...]
        while prefix.last == "/" { prefix.removeLast() }
        let host = rest[..<slash].lowercased()
        return RegistryEndpoint(
            scheme: scheme, host: host, prefix: String(prefix),
            isInsecure: InsecureRegistries(configuration.insecureRegistries).contain(host), isMirror: true)
    }
}
