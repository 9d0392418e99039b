package import EngineAPI

/// What Docker checks and completes of a container's host configuration at creation.
package struct HostConfigRules: Sendable {
    static let leastMemory: Int64 = 6 << 20
    private static let defaultSharedMemory: Int64 = 64 << 20

    let facts: HostFacts

    package init(facts: HostFacts) {
        self.facts = facts
    }

    /// Checks, and fills in defaults. Limits without support on this host are dropped.
    /// - Returns: Docker's warnings for the answer of create.
    package func apply(to hostConfig: inout HostConfig, config: ContainerConfig) throws(SpecError) -> [String] {
        var warnings: [String] = []
        try checkModes(hostConfig, config)
        try checkWords(hostConfig, config)
        complete(&hostConfig)
        try checkMemory(&hostConfig, &warnings)
        try checkProcesses(&hostConfig, &warnings)
        try checkCPU(&hostConfig, &warnings)
        try checkBlockIO(&hostConfig, &warnings)
        if NamespaceMode(hostConfig.networkMode).isHost, hostConfig.portBindings?.isEmpty == false {
            warnings.append("Published ports are discarded when using host network mode")
        }
        return warnings
    }

    private func complete(_ hostConfig: inout HostConfig) {
        if hostConfig.cpuShares > 0 { hostConfig.cpuShares = min(max(hostConfig.cpuShares, 2), 262_144) }
        if hostConfig.memory > 0 && hostConfig.memorySwap == 0 {
            let (double, overflow) = hostConfig.memory.multipliedReportingOverflow(by: 2)
            hostConfig.memorySwap = overflow ? -1 : double
        }
        if hostConfig.shmSize == 0 { hostConfig.shmSize = Self.defaultSharedMemory }
        if hostConfig.ipcMode.isEmpty { hostConfig.ipcMode = "private" }
        if hostConfig.cgroupnsMode.isEmpty { hostConfig.cgroupnsMode = facts.cgroupMode == .v2 ? "private" : "host" }
        if hostConfig.oomKillDisable == nil { hostConfig.oomKillDisable = false }
        if hostConfig.privileged { return }
        let security = hostConfig.securityOpt ?? []
        if security.contains("systempaths=unconfined") {
            hostConfig.maskedPaths = []
            hostConfig.readonlyPaths = []
        }
        if hostConfig.maskedPaths == nil { hostConfig.maskedPaths = SystemPaths.masked + facts.thermalPaths }
        if hostConfig.readonlyPaths == nil { hostConfig.readonlyPaths = SystemPaths.readOnly }
    }

    // MARK: - Namespaces and words

    private func checkModes(_ hostConfig: HostConfig, _ config: ContainerConfig) throws(SpecError) {
        let network = NamespaceMode(hostConfig.networkMode)
        if let shared = network.sharedContainer {
            if shared.isEmpty { throw .invalid("invalid network mode: invalid container format container:<name|id>") }
            let conflict = "conflicting options: "
            if !config.hostname.isEmpty { throw .invalid(conflict + "hostname and the network mode") }
            if hostConfig.links?.isEmpty == false {
                throw .invalid(
                    conflict
                        + "container type network can't be used with links. This would result in undefined behavior")
            }
            if hostConfig.dns?.isEmpty == false { throw .invalid(conflict + "dns and the network mode") }
            if hostConfig.extraHosts?.isEmpty == false {
                throw .invalid(conflict + "custom host-to-IP mapping and the network mode")
            }
            if hostConfig.portBindings?.isEmpty == false || hostConfig.publishAllPorts {
                throw .invalid(conflict + "port publishing and the container type network mode")
            }
            if config.exposedPorts?.isEmpty == false {
                throw .invalid(conflict + "port exposing and the container type network mode")
            }
        }
        if network.isHost, hostConfig.links?.isEmpty == false {
            throw .invalid(
                "conflicting options: host type networking can't be used with links. This would result in undefined behavior"
            )
        }
        if !["", "host"].contains(hostConfig.utsMode) { throw .invalid("invalid UTS mode: \(hostConfig.utsMode)") }
        if hostConfig.utsMode == "host" && !config.hostname.isEmpty {
            throw .invalid("conflicting options: hostname and the UTS mode")
        }
        let pid = NamespaceMode(hostConfig.pidMode)
        if !["", "host"].contains(pid.text) && pid.sharedContainer?.isEmpty != false {
            throw .invalid("invalid PID mode: \(pid.text)")
        }
        let ipc = NamespaceMode(hostConfig.ipcMode)
        if !["", "none", "private", "host", "shareable"].contains(ipc.text) && ipc.sharedContainer == nil {
            throw .invalid("invalid IPC mode: \(ipc.text)")
        }
        if !["", "private", "host"].contains(hostConfig.cgroupnsMode) {
            throw .invalid("invalid cgroup namespace mode: \(hostConfig.cgroupnsMode)")
        }
        if !["", "default"].contains(hostConfig.isolation.lowercased()) {
            throw .invalid("invalid isolation (\(hostConfig.isolation)): linux only supports 'default'")
        }
    }

    private func checkWords(_ hostConfig: HostConfig, _ config: ContainerConfig) throws(SpecError) {
        _ = try SecurityOptions(hostConfig.securityOpt ?? [])
        _ = try CapabilityNames.normalize(hostConfig.capAdd ?? [], option: "CapAdd", available: facts.capabilities)
        _ = try CapabilityNames.normalize(hostConfig.capDrop ?? [], option: "CapDrop", available: facts.capabilities)
        if hostConfig.shmSize < 0 { throw .invalid("SHM size can not be less than 0") }
        if !(-1000...1000).contains(hostConfig.oomScoreAdj) {
            throw .invalid("Invalid value \(hostConfig.oomScoreAdj), range for oom score adj is [-1000, 1000]")
        }
        if hostConfig.annotations?[""] != nil {
            throw .invalid("invalid Annotations: the empty string is not permitted as an annotation key")
        }
        for destination in (hostConfig.tmpfs ?? [:]).keys {
            if !destination.hasPrefix("/") {
                throw .invalid("invalid mount path: '\(destination)' mount path must be absolute")
            }
            if ContainerPath.clean(destination) == "/" {
                throw .invalid("invalid specification: destination can't be '/'")
            }
        }
        for variable in config.env ?? [] where variable.isEmpty || variable.hasPrefix("=") {
            throw .invalid("invalid environment variable: \(variable)")
        }
        if !config.workingDir.isEmpty && !config.workingDir.hasPrefix("/") {
            throw .invalid("the working directory '\(config.workingDir)' is invalid, it needs to be an absolute path")
        }
        if hostConfig.ioMaximumBandwidth != 0 {
            throw .invalid("invalid option: QoS maximum bandwidth configuration is not supported on linux")
        }
        if hostConfig.ioMaximumIOps != 0 {
            throw .invalid("invalid option: QoS maximum IOPs configuration is not supported on linux")
        }
    }
}
