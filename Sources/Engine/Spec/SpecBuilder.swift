package import OCISpec

/// Turns a container's configuration into the runtime specification that Docker's daemon would write for it.
package struct SpecBuilder: Sendable {
    let facts: HostFacts
    let filters = SeccompFilterCache()

    package init(facts: HostFacts) {
        self.facts = facts
    }

    package func build(_ input: SpecInput) throws(SpecError) -> OCISpec.Spec {
        let security = try SecurityOptions(
            input.hostConfig.securityOpt ?? [], noNewPrivileges: input.noNewPrivilegesByDefault)
        let process = try process(input, security)
        let (mounts, propagation) = try mounts(input)

        var linux = OCISpec.Linux()
        linux.sysctl = sysctls(input)
        linux.resources = try resources(input.hostConfig)
        linux.cgroupsPath = cgroupsPath(input)
        linux.namespaces = try namespaces(input)
        linux.devices = try devices(input.hostConfig)
        linux.seccomp = try seccomp(input, security, capabilities: process.capabilities?.bounding ?? [])
        linux.rootfsPropagation = propagation
        if !input.hostConfig.privileged && !security.systemPathsUnconfined {
            linux.maskedPaths = input.hostConfig.maskedPaths ?? SystemPaths.masked + facts.thermalPaths
            linux.readonlyPaths = input.hostConfig.readonlyPaths ?? SystemPaths.readOnly
        }

        var spec = OCISpec.Spec(ociVersion: "1.2.1", process: process)
        spec.root = OCISpec.Root(path: input.rootPath, readonly: input.hostConfig.readonlyRootfs)
        if !NamespaceMode(input.hostConfig.utsMode).isHost { spec.hostname = input.config.hostname }
        spec.mounts = mounts
        if let annotations = input.hostConfig.annotations, !annotations.isEmpty { spec.annotations = annotations }
        spec.linux = linux
        return spec
    }
}

/// Kernel files that containers must not see or change.
enum SystemPaths {
    static let masked = [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
        "/sys/devices/virtual/powercap",
    ]

    static let readOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
}

extension SpecBuilder {
    private func cgroupsPath(_ input: SpecInput) -> String {
        let parent = input.hostConfig.cgroupParent.isEmpty ? input.cgroupParent : input.hostConfig.cgroupParent
        // `..` must not lead out of the hierarchy, whoever asked for it.
        var components: [Substring] = []
        for component in parent.split(separator: "/") where component != "." {
            if component == ".." { _ = components.popLast() } else { components.append(component) }
        }
        let path = (components + [Substring(input.id)]).joined(separator: "/")
        return parent.hasPrefix("/") ? "/" + path : path
    }

    private func sysctls(_ input: SpecInput) -> [String: String]? {
        var sysctls: [String: String] = [:]
        if NamespaceMode(input.hostConfig.networkMode).isPrivate {
            if facts.networkSysctls.contains("net.ipv4.ping_group_range") {
                sysctls["net.ipv4.ping_group_range"] = "0 2147483647"
            }
            if facts.networkSysctls.contains("net.ipv4.ip_unprivileged_port_start") {
                sysctls["net.ipv4.ip_unprivileged_port_start"] = "0"
            }
        }
        if !input.config.domainname.isEmpty && !NamespaceMode(input.hostConfig.utsMode).isHost {
            sysctls["kernel.domainname"] = input.config.domainname
        }
        sysctls.merge(input.hostConfig.sysctls ?? [:]) { $1 }
        return sysctls.isEmpty ? nil : sysctls
    }

    private func seccomp(
        _ input: SpecInput, _ security: SecurityOptions, capabilities: [String]
    ) throws(SpecError) -> OCISpec.Seccomp? {
        if input.hostConfig.privileged { return nil }
        switch security.seccomp {
        case .unconfined:
            return nil
        case .profile(let text):
            guard facts.seccomp else {
                throw .unsupported("seccomp is not enabled in your kernel, cannot run a custom seccomp profile")
            }
            return try SeccompProfile(json: text).filter(capabilities: capabilities, kernel: facts.kernel)
        case .builtin:
            guard facts.seccomp else { return nil }
            return try filters.filter(.docker, capabilities: capabilities, kernel: facts.kernel)
        case .daemonDefault:
            guard facts.seccomp else { return nil }
            return try filters.filter(input.seccompProfile ?? .docker, capabilities: capabilities, kernel: facts.kernel)
        }
    }
}
