/// How registries are reached.
package struct RegistryServiceConfig: Codable, Equatable, Sendable {
    @Nullable package var insecureRegistryCIDRs: [String]?
    @Nullable package var indexConfigs: [String: RegistryIndexConfig]?
    @Nullable package var mirrors: [String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case insecureRegistryCIDRs = "InsecureRegistryCIDRs"
        case indexConfigs = "IndexConfigs"
        case mirrors = "Mirrors"
    }
}
