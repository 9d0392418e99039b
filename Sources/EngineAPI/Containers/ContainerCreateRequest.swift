/// The body of `POST /containers/create`: the configuration's fields beside `HostConfig` and `NetworkingConfig`.
package struct ContainerCreateRequest: Codable, Equatable, Sendable {
    package var config: ContainerConfig
    package var hostConfig: HostConfig?
    package var networkingConfig: NetworkingConfig?

    package init(config: ContainerConfig = ContainerConfig(), hostConfig: HostConfig? = nil) {
        self.config = config
        self.hostConfig = hostConfig
    }

    package init(from decoder: any Decoder) throws {
        config = try ContainerConfig(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        hostConfig = try container.decodeIfPresent(HostConfig.self, forKey: .hostConfig)
        networkingConfig = try container.decodeIfPresent(NetworkingConfig.self, forKey: .networkingConfig)
    }

    package func encode(to encoder: any Encoder) throws {
        try config.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(hostConfig, forKey: .hostConfig)
        try container.encodeIfPresent(networkingConfig, forKey: .networkingConfig)
    }

    private enum CodingKeys: String, CodingKey {
        case hostConfig = "HostConfig"
        case networkingConfig = "NetworkingConfig"
    }
}
