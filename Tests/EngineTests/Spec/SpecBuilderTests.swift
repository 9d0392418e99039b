import Engine
import EngineAPI
import Foundation
import OCISpec
import Testing

@Suite struct SpecBuilderTests {
    static let names: [String] = ((try? GoldenContainer.all()) ?? [:]).keys.sorted()

    @Test("The specification is the one that Docker writes", arguments: names)
    func matchesDocker(_ name: String) throws {
        let golden = try #require(try GoldenContainer.all()[name])
        var wanted = try #require(try GoldenContainer.specs()[name])
        let root = try TestDirectory.imageRoot()
        var built = try root.withDescriptor {
            try SpecBuilder(facts: GoldenContainer.facts).build(golden.input(root: $0))
        }
        #expect((built.linux?.seccomp == nil) == (golden.hostConfig.privileged || name == "unconfined"))
        built.linux?.seccomp = nil
        if golden.hostConfig.privileged {
            let paths = Set(built.linux?.devices.map(\.path) ?? [])
            #expect(paths.contains("/dev/full") && !paths.contains("/dev/console"))
            built.linux?.devices.removeAll { $0.path != "/dev/ynull" }
        }
        // A bind that held that daemon's own data was made a slave; here it holds nothing of the kind.
        for place in wanted.mounts.indices {
            wanted.mounts[place].options = wanted.mounts[place].options.map { $0 == "rslave" ? "rprivate" : $0 }
        }
        wanted.linux?.rootfsPropagation = nil
        // Devices are this host's: their owners and modes too.
        for place in (wanted.linux?.devices ?? []).indices {
            guard let device = wanted.linux?.devices[place] else { continue }
            let path = device.major == 1 && device.minor == 3 ? "/dev/null" : device.path
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            wanted.linux?.devices[place].fileMode = UInt32(status.st_mode & 0o7777)
            wanted.linux?.devices[place].uid = status.st_uid
            wanted.linux?.devices[place].gid = status.st_gid
        }
        built.mounts.sort { $0.destination < $1.destination }
        wanted.mounts.sort { $0.destination < $1.destination }
        #expect(built.mounts == wanted.mounts)
        #expect(built.process == wanted.process)
        #expect(built.linux == wanted.linux)
        built.process = nil
        wanted.process = nil
        built.linux = nil
        wanted.linux = nil
        built.mounts = []
        wanted.mounts = []
        wanted.ociVersion = built.ociVersion
        #expect(built == wanted)
    }

    @Test("The configurations that Docker recorded pass the checks unchanged", arguments: names)
    func adaptedConfigurationsAreStable(_ name: String) throws {
        let golden = try #require(try GoldenContainer.all()[name])
        var hostConfig = golden.hostConfig
        var config = golden.config
        config.hostname = ""
        _ = try HostConfigRules(facts: GoldenContainer.facts).apply(to: &hostConfig, config: config)
        #expect(hostConfig == golden.hostConfig)
    }

    @Test("Mounts are made parents first")
    func mountsAreOrderedByDepth() throws {
        var input = try minimal()
        input.mounts = [
            SpecMount(.volume(source: "/v/deep"), destination: "/a/b/c"),
            SpecMount(.volume(source: "/v/top"), destination: "/a/"),
            SpecMount(.volume(source: "/v/hosts"), destination: "/etc/../etc/hosts"),
        ]
        input.files.hosts = "/state/hosts"
        let mounts = try SpecBuilder(facts: GoldenContainer.facts).build(input).mounts
        let destinations = mounts.map(\.destination)
        let top = try #require(destinations.firstIndex(of: "/a"))
        let deep = try #require(destinations.firstIndex(of: "/a/b/c"))
        #expect(top < deep)
        #expect(mounts.filter { $0.destination == "/etc/hosts" }.map(\.source) == ["/v/hosts"])
    }

    @Test("A parent group cannot lead out of the hierarchy")
    func cgroupParentStaysInside() throws {
        var input = try minimal()
        input.hostConfig.cgroupParent = "/a/../../../b"
        let path = try SpecBuilder(facts: GoldenContainer.facts).build(input).linux?.cgroupsPath
        #expect(path == "/b/" + input.id)
    }

    @Test("An image's entrypoint gives way to the container's, and an empty word resets it")
    func entrypointMerging() {
        let image = OCISpec.ImageConfig(
            env: ["A=image", "B=image"], entrypoint: ["/entry"], cmd: ["default"], workingDir: "/w")
        var config = ContainerConfig()
        config.env = ["A=own", "NEW"]
        ImageDefaults.merge(image, into: &config)
        #expect(config.entrypoint == ["/entry"])
        #expect(config.cmd == ["default"])
        #expect(config.env == ["A=own", "NEW", "B=image"])
        #expect(config.workingDir == "/w")

        config = ContainerConfig()
        config.entrypoint = ["/own"]
        ImageDefaults.merge(image, into: &config)
        #expect(config.cmd == nil)

        config = ContainerConfig()
        config.entrypoint = [""]
        config.cmd = ["sh"]
        ImageDefaults.merge(image, into: &config)
        #expect(config.entrypoint == nil)
        #expect(config.cmd == ["sh"])
    }

    @Test("A name without a value removes a variable")
    func environmentRemoval() {
        let merged = ContainerEnvironment.merge(["HOME=/root", "B", "A=2"], into: ["A=1", "B=1"])
        #expect(merged == ["A=2", "HOME=/root"])
    }

    @Test("A process added to a container has the container's environment and its own")
    func execProcess() throws {
        var input = ExecInput(config: try minimal().config, hostConfig: EngineAPI.HostConfig(), arguments: ["id"])
        input.environment = ["X=1"]
        input.terminal = true
        input.privileged = true
        input.consoleSize = OCISpec.ConsoleSize(height: 24, width: 80)
        input.user = "7:8"
        let process = try SpecBuilder(facts: GoldenContainer.facts).execProcess(input)
        #expect(process.user == OCISpec.User(uid: 7, gid: 8, additionalGids: [8]))
        #expect(process.env == ["PATH=" + ContainerEnvironment.defaultPath, "HOSTNAME=h", "TERM=xterm", "X=1"])
        #expect(process.capabilities?.effective.contains("CAP_SYS_ADMIN") == true)
        #expect(process.capabilities?.inheritable == [])
        #expect(process.consoleSize?.width == 80)
    }

    @Test("No command is an error")
    func noCommand() throws {
        var input = try minimal()
        input.config.cmd = nil
        #expect(throws: SpecError.invalid("no command specified")) {
            try SpecBuilder(facts: GoldenContainer.facts).build(input)
        }
    }

    private func minimal() throws -> SpecInput {
        var config = ContainerConfig()
        config.hostname = "h"
        config.cmd = ["true"]
        return SpecInput(id: GoldenContainer.id, config: config, hostConfig: EngineAPI.HostConfig())
    }
}
