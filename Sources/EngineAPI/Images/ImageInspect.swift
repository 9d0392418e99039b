/// What `GET /images/{name}/json` answers.
package struct ImageInspect: Codable, Equatable, Sendable {
    @Zero package var id: String
    @Zero package var repoTags: [String]
    @Zero package var repoDigests: [String]
    @Zero package var parent: String
    @Zero package var comment: String
    @Zero package var created: String
    @Zero package var dockerVersion: String
    @Zero package var author: String
    @Zero package var config: ImageConfig
    @Zero package var architecture: String
    package var variant: String?
    @Zero package var os: String
    package var osVersion: String?
    @Zero package var size: Int64
    package var virtualSize: Int64?
    @Zero package var graphDriver: GraphDriver
    @Zero package var rootFS: RootFS
    @Zero package var metadata: ImageMetadata

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case repoTags = "RepoTags"
        case repoDigests = "RepoDigests"
        case parent = "Parent"
        case comment = "Comment"
        case created = "Created"
        case dockerVersion = "DockerVersion"
        case author = "Author"
        case config = "Config"
        case architecture = "Architecture"
        case variant = "Variant"
        case os = "Os"
        case osVersion = "OsVersion"
        case size = "Size"
        case virtualSize = "VirtualSize"
        case graphDriver = "GraphDriver"
        case rootFS = "RootFS"
        case metadata = "Metadata"
    }
}
