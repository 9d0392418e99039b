package import EngineAPI
package import OCISpec

/// Fills what a container's configuration leaves open from its image's, as Docker does at creation.
package enum ImageDefaults {
    package static func merge(_ image: OCISpec.ImageConfig, into config: inout ContainerConfig) {
        if config.user.isEmpty { config.user = image.user ?? "" }
        if config.workingDir.isEmpty { config.workingDir = image.workingDir ?? "" }
        if config.stopSignal?.isEmpty != false { config.stopSignal = image.stopSignal }
        for port in (image.exposedPorts ?? [:]).keys { config.exposedPorts = (config.exposedPorts ?? [:]).adding(port) }
        for volume in (image.volumes ?? [:]).keys { config.volumes = (config.volumes ?? [:]).adding(volume) }
        if let labels = image.labels { config.labels = labels.merging(config.labels ?? [:]) { $1 } }
        mergeEnvironment(image, into: &config)
        mergeCommand(image, into: &config)
        mergeHealthcheck(image, into: &config)
    }

    /// The container's variables come first, then the image's that it does not have.
    private static func mergeEnvironment(_ image: OCISpec.ImageConfig, into config: inout ContainerConfig) {
        let own = config.env ?? []
        let names = Set(own.map(ContainerEnvironment.name))
        let merged = own + image.env.filter { !names.contains(ContainerEnvironment.name(of: $0)) }
        if !merged.isEmpty { config.env = merged }
    }

    /// An entrypoint of the container drops the image's command; `[""]` is an entrypoint reset to none.
    private static func mergeCommand(_ image: OCISpec.ImageConfig, into config: inout ContainerConfig) {
        if config.entrypoint?.isEmpty != false {
            if config.cmd?.isEmpty != false { config.cmd = image.cmd }
            if config.entrypoint == nil { config.entrypoint = image.entrypoint }
        }
        if let entrypoint = config.entrypoint, entrypoint.count == 1, entrypoint[0].isEmpty { config.entrypoint = nil }
    }

    private static func mergeHealthcheck(_ image: OCISpec.ImageConfig, into config: inout ContainerConfig) {
        guard let own = image.healthcheck else { return }
        var health = config.healthcheck ?? HealthConfig()
        if health.test?.isEmpty != false { health.test = own.test }
        if (health.interval ?? 0) == 0 { health.interval = own.interval }
        if (health.timeout ?? 0) == 0 { health.timeout = own.timeout }
        if (health.startPeriod ?? 0) == 0 { health.startPeriod = own.startPeriod }
        if (health.startInterval ?? 0) == 0 { health.startInterval = own.startInterval }
        if (health.retries ?? 0) == 0 { health.retries = own.retries }
        config.healthcheck = health
    }
}

extension [String: EngineAPI.EmptyObject] {
    fileprivate func adding(_ key: String) -> Self {
        merging([key: EngineAPI.EmptyObject()]) { own, _ in own }
    }
}
