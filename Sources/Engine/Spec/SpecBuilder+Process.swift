import EngineAPI
import OCISpec

extension SpecBuilder {
    /// Where the init program appears in a container.
    private static let initPath = "/sbin/docker-init"

    func process(_ input: SpecInput, _ security: SecurityOptions) throws(SpecError) -> OCISpec.Process {
        let config = input.config
        let hostConfig = input.hostConfig
        var process = OCISpec.Process(cwd: config.workingDir.isEmpty ? "/" : config.workingDir)
        process.terminal = config.tty
        // Height and width, as the CLI sends its terminal's.
        if config.tty, hostConfig.consoleSize.count == 2,
            let height = UInt64(exactly: hostConfig.consoleSize[0]),
            let width = UInt64(exactly: hostConfig.consoleSize[1]),
            height > 0 || width > 0
        {
            process.consoleSize = OCISpec.ConsoleSize(height: height, width: width)
        }
        process.user = try UserLookup(root: input.rootDescriptor).user(config.user, groupAdd: hostConfig.groupAdd ?? [])
        process.args = (usesInit(input) ? [Self.initPath, "--"] : []) + (try arguments(config))
        process.env = ContainerEnvironment.variables(of: config)
        let capabilities = try CapabilityNames.resolve(
            add: hostConfig.capAdd ?? [], drop: hostConfig.capDrop ?? [], privileged: hostConfig.privileged,
            available: facts.capabilities)
        process.capabilities = OCISpec.Capabilities(
            bounding: capabilities, effective: capabilities, permitted: capabilities)
        process.rlimits = rlimits(hostConfig, defaults: input.defaultUlimits)
        process.noNewPrivileges = security.noNewPrivileges
        process.oomScoreAdj = hostConfig.oomScoreAdj
        process.apparmorProfile = apparmorProfile(security, privileged: hostConfig.privileged)
        return process
    }

    /// An init makes sense only where the container has process ids of its own.
    func usesInit(_ input: SpecInput) -> Bool {
        guard input.initPath != nil, NamespaceMode(input.hostConfig.pidMode).isPrivate else { return false }
        return input.hostConfig.`init` ?? input.initByDefault
    }

    func initMount(_ input: SpecInput) -> OCISpec.Mount? {
        guard usesInit(input), let path = input.initPath else { return nil }
        return OCISpec.Mount(destination: Self.initPath, type: "bind", source: path, options: ["bind", "ro"])
    }

    private func arguments(_ config: ContainerConfig) throws(SpecError) -> [String] {
        let arguments = (config.entrypoint ?? []) + (config.cmd ?? [])
        guard let program = arguments.first, !(program.isEmpty && arguments.count == 1) else {
            throw .invalid("no command specified")
        }
        return arguments
    }

    func rlimits(_ hostConfig: HostConfig, defaults: [Ulimit]) -> [OCISpec.Rlimit] {
        let own = hostConfig.ulimits ?? []
        let names = Set(own.map(\.name))
        return (own + defaults.filter { !names.contains($0.name) }).map { limit in
            // -1 is unlimited, all bits set.
            OCISpec.Rlimit(
                type: "RLIMIT_" + limit.name.uppercased(), hard: UInt64(bitPattern: limit.hard),
                soft: UInt64(bitPattern: limit.soft))
        }
    }

    /// Without AppArmor in the kernel a profile is left out, as Docker does, even if one was asked for.
    func apparmorProfile(_ security: SecurityOptions, privileged: Bool) -> String? {
        guard facts.apparmor else { return nil }
        return security.apparmor ?? (privileged ? "unconfined" : nil)
    }
}
