/// What `GET /version` answers.
package struct SystemVersion: Codable, Equatable, Sendable {
    @Zero package var platform: PlatformName
    @Zero package var components: [ComponentVersion]
    @Zero package var version: String
    @Zero package var apiVersion: String
    @Zero package var minAPIVersion: String
    @Zero package var gitCommit: String
    @Zero package var goVersion: String
    @Zero package var os: String
    @Zero package var arch: String
    @Zero package var kernelVersion: String
    package var experimental: Bool?
    package var buildTime: String?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case platform = "Platform"
        case components = "Components"
        case version = "Version"
        case apiVersion = "ApiVersion"
        case minAPIVersion = "MinAPIVersion"
        case gitCommit = "GitCommit"
        case goVersion = "GoVersion"
        case os = "Os"
        case arch = "Arch"
        case kernelVersion = "KernelVersion"
        case experimental = "Experimental"
        case buildTime = "BuildTime"
    }
}
