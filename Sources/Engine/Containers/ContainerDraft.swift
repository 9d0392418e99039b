import EngineAPI
import ImageStore

/// A container as it is to be: the request completed by the image's configuration and checked.
struct ContainerDraft: Sendable {
    var record: ContainerRecord
    var warnings: [String]

    init(
        id: String, name: String, request: ContainerCreateRequest, image: Image, dependencies: ContainerDependencies,
        directory: any ContainerDirectory
    ) async throws {
        var config = request.config
        var hostConfig = request.hostConfig ?? HostConfig()
        if let own = image.configuration.config { ImageDefaults.merge(own, into: &config) }
        let command = (config.entrypoint ?? []) + (config.cmd ?? [])
        guard let path = command.first, !path.isEmpty else {
            throw EngineError(.invalidParameter, "no command specified")
        }
        let daemon = dependencies.configuration
        try await Self.resolveNetwork(
            request, config: config, into: &hostConfig, networks: dependencies.networks, directory: directory)
        try Self.completeLog(&hostConfig, daemon: daemon)
        if hostConfig.shmSize == 0 { hostConfig.shmSize = daemon.defaultShmSize }
        if hostConfig.runtime.isEmpty { hostConfig.runtime = daemon.defaultRuntime }
        _ = try daemon.runtimeProgram(hostConfig.runtime)
        try Self.checkPolicy(&hostConfig)
        do {
            warnings = try dependencies.rules.apply(to: &hostConfig, config: config)
        } catch {
            throw EngineError(error.isInvalidRequest ? .invalidParameter : .internal, "\(error)")
        }
        if let health = config.healthcheck?.test, let first = health.first, first != "NONE" {
            guard request.config.healthcheck?.test?.isEmpty != false else {
                throw EngineError(.notImplemented, "health checks are not supported yet: leave out --health-cmd")
            }
            warnings.append("The image's health check is not run: health checks are not supported yet.")
        }
        _ = try NetworkService.publications(config: config, hostConfig: hostConfig)
        try Self.completeHostname(id: id, hostConfig: hostConfig, config: &config)
        if let signal = config.stopSignal, !signal.isEmpty { _ = try Signal.number(signal) }
        record = ContainerRecord(
            id: id, name: name, imageID: image.id, image: request.config.image, config: config,
            hostConfig: hostConfig, path: path, arguments: Array(command.dropFirst()), mounts: [],
            runtime: hostConfig.runtime)
    }

    private static func resolveNetwork(
        _ request: ContainerCreateRequest, config: ContainerConfig, into hostConfig: inout HostConfig,
        networks: NetworkService, directory: any ContainerDirectory
    ) async throws {
        let endpoints = request.networkingConfig?.endpointsConfig ?? [:]
        guard endpoints.count <= 1 else {
            throw EngineError(.notImplemented, "a container can be in one network for now")
        }
        let asked = hostConfig.networkMode
        if let name = NamespaceMode(asked).sharedContainer {
            let other = try await directory.container(name)
            hostConfig.networkMode = "container:" + other.id
            return
        }
        if config.networkDisabled == true {
            hostConfig.networkMode = "none"
            return
        }
        hostConfig.networkMode = try networks.resolve(asked)
    }

    private static func completeLog(_ hostConfig: inout HostConfig, daemon: DaemonConfiguration) throws(EngineError) {
        if hostConfig.logConfig.type.isEmpty {
            hostConfig.logConfig.type = daemon.logDriver
            hostConfig.logConfig.config = daemon.logOptions.merging(hostConfig.logConfig.config ?? [:]) { $1 }
        }
        guard ["json-file", "none"].contains(hostConfig.logConfig.type) else {
            throw EngineError(
                .invalidParameter,
                "error looking up logging plugin \(hostConfig.logConfig.type): plugin "
                    + "\"\(hostConfig.logConfig.type)\" not found")
        }
        let known: Set = ["max-size", "max-file", "compress", "labels", "labels-regex", "env", "env-regex", "tag"]
        for option in (hostConfig.logConfig.config ?? [:]).keys.sorted() where !known.contains(option) {
            throw EngineError(
                .invalidParameter, "unknown log opt '\(option)' for \(hostConfig.logConfig.type) log driver")
        }
        if hostConfig.logConfig.config == nil { hostConfig.logConfig.config = [:] }
    }

    private static func checkPolicy(_ hostConfig: inout HostConfig) throws(EngineError) {
        if hostConfig.restartPolicy.name.isEmpty { hostConfig.restartPolicy.name = "no" }
        let policy = hostConfig.restartPolicy
        guard ["no", "always", "on-failure", "unless-stopped"].contains(policy.name) else {
            throw EngineError(
                .invalidParameter,
                "invalid restart policy: unknown policy '\(policy.name)'; use one of 'no', 'always', 'on-failure', "
                    + "or 'unless-stopped'")
        }
        guard policy.name == "on-failure" || policy.maximumRetryCount == 0 else {
            throw EngineError(
                .invalidParameter,
                "invalid restart policy: maximum retry count can only be used with 'on-failure'")
        }
        guard !hostConfig.autoRemove || policy.name == "no" else {
            throw EngineError(.invalidParameter, "can't create 'AutoRemove' container with restart policy")
        }
    }

    private static func completeHostname(
        id: String, hostConfig: HostConfig, config: inout ContainerConfig
    ) throws(EngineError) {
        if NamespaceMode(hostConfig.networkMode).isHost || hostConfig.utsMode == "host" {
            if config.hostname.isEmpty { config.hostname = Host.hostName }
        } else if config.hostname.isEmpty {
            config.hostname = ContainerID.short(id)
        }
        let name = config.hostname.utf8
        guard name.count <= 64, !name.contains(where: { $0 <= 32 || $0 == 127 || $0 == UInt8(ascii: "/") }) else {
            throw EngineError(.invalidParameter, "invalid hostname format: \(config.hostname)")
        }
    }
}

extension DaemonConfiguration {
    /// The program of a runtime by its name; empty for our own.
    func runtimeProgram(_ name: String) throws(EngineError) -> String {
        if name == Self.ownRuntime || name.isEmpty { return "" }
        guard let setting = runtimes[name], let path = setting.path else {
            throw EngineError(.invalidParameter, "unknown or invalid runtime name: \(name)")
        }
        return path
    }
}
