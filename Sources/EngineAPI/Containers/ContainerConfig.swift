/// What a container runs: the portable part of its configuration.
package struct ContainerConfig: Codable, Equatable, Sendable {
    @Zero package var hostname: String
    @Zero package var domainname: String
    @Zero package var user: String
    @Zero package var attachStdin: Bool
    @Zero package var attachStdout: Bool
    @Zero package var attachStderr: Bool
    package var exposedPorts: [String: EmptyObject]?
    @Zero package var tty: Bool
    @Zero package var openStdin: Bool
    @Zero package var stdinOnce: Bool
    @Nullable package var env: [String]?
    @StringSlice package var cmd: [String]?
    package var healthcheck: HealthConfig?
    package var argsEscaped: Bool?
    @Zero package var image: String
    @Nullable package var volumes: [String: EmptyObject]?
    @Zero package var workingDir: String
    @StringSlice package var entrypoint: [String]?
    package var networkDisabled: Bool?
    package var macAddress: String?
    @Nullable package var onBuild: [String]?
    @Nullable package var labels: [String: String]?
    package var stopSignal: String?
    package var stopTimeout: Int?
    package var shell: [String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case hostname = "Hostname"
        case domainname = "Domainname"
        case user = "User"
        case attachStdin = "AttachStdin"
        case attachStdout = "AttachStdout"
        case attachStderr = "AttachStderr"
        case exposedPorts = "ExposedPorts"
        case tty = "Tty"
        case openStdin = "OpenStdin"
        case stdinOnce = "StdinOnce"
        case env = "Env"
        case cmd = "Cmd"
        case healthcheck = "Healthcheck"
        case argsEscaped = "ArgsEscaped"
        case image = "Image"
        case volumes = "Volumes"
        case workingDir = "WorkingDir"
        case entrypoint = "Entrypoint"
        case networkDisabled = "NetworkDisabled"
        case macAddress = "MacAddress"
        case onBuild = "OnBuild"
        case labels = "Labels"
        case stopSignal = "StopSignal"
        case stopTimeout = "StopTimeout"
        case shell = "Shell"
    }
}

extension ContainerConfig: ZeroValue {
    package static var zero: ContainerConfig { ContainerConfig() }
}
