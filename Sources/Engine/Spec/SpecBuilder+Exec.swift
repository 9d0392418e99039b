package import EngineAPI
package import OCISpec

/// A process to add to a running container, as `docker exec` asks for it.
package struct ExecInput: Sendable {
    /// The container's own configuration, as given to `SpecBuilder.build`.
    package var config: ContainerConfig
    package var hostConfig: HostConfig
    package var arguments: [String]
    package var environment: [String] = []
    /// Empty: the container's.
    package var user = ""
    /// Empty: the container's.
    package var workingDirectory = ""
    package var terminal = false
    package var privileged = false
    package var consoleSize: OCISpec.ConsoleSize?
    /// An open directory that is the container's root: `/proc/<pid>/root` of its first process. Borrowed.
    package var rootDescriptor: Int32?
    package var defaultUlimits: [Ulimit] = []
    package var noNewPrivilegesByDefault = false

    package init(config: ContainerConfig, hostConfig: HostConfig, arguments: [String]) {
        self.config = config
        self.hostConfig = hostConfig
        self.arguments = arguments
    }
}

extension SpecBuilder {
    package func execProcess(_ input: ExecInput) throws(SpecError) -> OCISpec.Process {
        guard let program = input.arguments.first, !program.isEmpty else {
            throw .invalid("no exec command specified")
        }
        let security = try SecurityOptions(
            input.hostConfig.securityOpt ?? [], noNewPrivileges: input.noNewPrivilegesByDefault)
        let directory = input.workingDirectory.isEmpty ? input.config.workingDir : input.workingDirectory
        var process = OCISpec.Process(cwd: directory.isEmpty ? "/" : directory)
        process.terminal = input.terminal
        process.consoleSize = input.terminal ? input.consoleSize : nil
        process.user = try UserLookup(root: input.rootDescriptor).user(
            input.user.isEmpty ? input.config.user : input.user, groupAdd: input.hostConfig.groupAdd ?? [])
        process.args = input.arguments
        process.env = ContainerEnvironment.merge(
            input.environment, into: ContainerEnvironment.variables(of: input.config, terminal: input.terminal))
        let capabilities = try CapabilityNames.resolve(
            add: input.hostConfig.capAdd ?? [], drop: input.hostConfig.capDrop ?? [],
            privileged: input.privileged || input.hostConfig.privileged, available: facts.capabilities)
        process.capabilities = OCISpec.Capabilities(
            bounding: capabilities, effective: capabilities, permitted: capabilities)
        process.rlimits = rlimits(input.hostConfig, defaults: input.defaultUlimits)
        process.noNewPrivileges = security.noNewPrivileges
        process.oomScoreAdj = input.hostConfig.oomScoreAdj
        process.apparmorProfile = apparmorProfile(security, privileged: input.hostConfig.privileged)
        return process
    }
}
