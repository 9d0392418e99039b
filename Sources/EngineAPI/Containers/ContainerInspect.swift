/// What `GET /containers/{id}/json` answers.
package struct ContainerInspect: Codable, Equatable, Sendable {
    @Zero package var id: String
    @Zero package var created: String
    @Zero package var path: String
    @Zero package var args: [String]
    @Zero package var state: ContainerState
    @Zero package var image: String
    @Zero package var resolvConfPath: String
    @Zero package var hostnamePath: String
    @Zero package var hostsPath: String
    @Zero package var logPath: String
    @Zero package var name: String
    @Zero package var restartCount: Int
    @Zero package var driver: String
    @Zero package var platform: String
    @Zero package var mountLabel: String
    @Zero package var processLabel: String
    @Zero package var appArmorProfile: String
    @Nullable package var execIDs: [String]?
    @Zero package var hostConfig: HostConfig
    @Zero package var graphDriver: GraphDriver
    package var sizeRw: Int64?
    package var sizeRootFs: Int64?
    @Zero package var mounts: [MountPoint]
    @Zero package var config: ContainerConfig
    @Zero package var networkSettings: NetworkSettings

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case created = "Created"
        case path = "Path"
        case args = "Args"
        case state = "State"
        case image = "Image"
        case resolvConfPath = "ResolvConfPath"
        case hostnamePath = "HostnamePath"
        case hostsPath = "HostsPath"
        case logPath = "LogPath"
        case name = "Name"
        case restartCount = "RestartCount"
        case driver = "Driver"
        case platform = "Platform"
        case mountLabel = "MountLabel"
        case processLabel = "ProcessLabel"
        case appArmorProfile = "AppArmorProfile"
        case execIDs = "ExecIDs"
        case hostConfig = "HostConfig"
        case graphDriver = "GraphDriver"
        case sizeRw = "SizeRw"
        case sizeRootFs = "SizeRootFs"
        case mounts = "Mounts"
        case config = "Config"
        case networkSettings = "NetworkSettings"
    }
}
