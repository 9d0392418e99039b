/// The configuration that an image gives to its containers.
package struct ImageConfig: Codable, Equatable, Sendable {
    @Nullable package var cmd: [String]?
    @Nullable package var entrypoint: [String]?
    @Nullable package var env: [String]?
    package var exposedPorts: [String: EmptyObject]?
    package var healthcheck: HealthConfig?
    @Nullable package var labels: [String: String]?
    @Nullable package var onBuild: [String]?
    package var shell: [String]?
    package var stopSignal: String?
    @Zero package var user: String
    @Nullable package var volumes: [String: EmptyObject]?
    @Zero package var workingDir: String
    package var argsEscaped: Bool?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case cmd = "Cmd"
        case entrypoint = "Entrypoint"
        case env = "Env"
        case exposedPorts = "ExposedPorts"
        case healthcheck = "Healthcheck"
        case labels = "Labels"
        case onBuild = "OnBuild"
        case shell = "Shell"
        case stopSignal = "StopSignal"
        case user = "User"
        case volumes = "Volumes"
        case workingDir = "WorkingDir"
        case argsEscaped = "ArgsEscaped"
    }
}

extension ImageConfig: ZeroValue {
    package static var zero: ImageConfig { ImageConfig() }
}
