/// How one registry is reached.
package struct RegistryIndexConfig: Codable, Equatable, Sendable {
    @Zero package var name: String
    @Zero package var mirrors: [String]
    @Zero package var secure: Bool
    @Zero package var official: Bool

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case mirrors = "Mirrors"
        case secure = "Secure"
        case official = "Official"
    }
}
