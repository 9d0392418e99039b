/// One line of `GET /containers/json`.
package struct ContainerSummary: Codable, Equatable, Sendable {
    @Zero package var id: String
    @Zero package var names: [String]
    @Zero package var image: String
    @Zero package var imageID: String
    @Zero package var command: String
    @Zero package var created: Int64
    @Zero package var ports: [PortSummary]
    package var sizeRw: Int64?
    package var sizeRootFs: Int64?
    @Zero package var labels: [String: String]
    @Zero package var state: String
    @Zero package var status: String
    @Zero package var hostConfig: SummaryHostConfig
    @Zero package var networkSettings: SummaryNetworkSettings
    @Zero package var mounts: [MountPoint]

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case names = "Names"
        case image = "Image"
        case imageID = "ImageID"
        case command = "Command"
        case created = "Created"
        case ports = "Ports"
        case sizeRw = "SizeRw"
        case sizeRootFs = "SizeRootFs"
        case labels = "Labels"
        case state = "State"
        case status = "Status"
        case hostConfig = "HostConfig"
        case networkSettings = "NetworkSettings"
        case mounts = "Mounts"
    }
}
