package import EngineAPI
import Glibc

/// What the engine knows about itself and its host.
package struct SystemService: Sendable {
    /// What only other parts of the engine can count.
    package struct Census: Sendable {
        package var running = 0
        package var paused = 0
        package var stopped = 0
        package var images = 0
        package var listeners = 0

        package init() {}
    }

    let configuration: DaemonConfiguration
    let daemonID: String
    let census: @Sendable () async throws -> Census

    package init(
        configuration: DaemonConfiguration, daemonID: String, census: @escaping @Sendable () async throws -> Census
    ) {
        self.configuration = configuration
        self.daemonID = daemonID
        self.census = census
    }

    package func version() -> SystemVersion {
        var version = SystemVersion()
        version.platform.name = "Skiff Engine - Community"
        version.version = SkiffVersion.number
        version.apiVersion = "\(APIVersion.current)"
        version.minAPIVersion = "\(APIVersion.minimum)"
        version.gitCommit = SkiffVersion.commit
        version.goVersion = "swift"
        version.os = "linux"
        version.arch = Host.goArchitecture
        version.kernelVersion = Host.kernelVersion
        version.components = [
            component(
                "Engine",
                details: [
                    "ApiVersion": version.apiVersion, "Arch": version.arch, "BuildTime": "",
                    "Experimental": "false", "GitCommit": version.gitCommit, "GoVersion": version.goVersion,
                    "KernelVersion": version.kernelVersion, "MinAPIVersion": version.minAPIVersion, "Os": version.os,
                ]),
            component("skiff-supervisor", details: ["GitCommit": SkiffVersion.commit]),
            component("skiff-runtime", details: ["GitCommit": SkiffVersion.commit]),
            component("skiff-init", details: ["GitCommit": SkiffVersion.commit]),
        ]
        return version
    }

    private func component(_ name: String, details: [String: String]) -> ComponentVersion {
        var component = ComponentVersion()
        component.name = name
        component.version = SkiffVersion.number
        component.details = details
        return component
    }

    package func info() async throws -> SystemInfo {
        let census = try await census()
        var info = SystemInfo()
        info.id = daemonID
        info.containersRunning = census.running
        info.containersPaused = census.paused
        info.containersStopped = census.stopped
        info.containers = census.running + census.paused + census.stopped
        info.images = census.images
        info.nEventsListener = census.listeners
        describeStorage(&info)
        describeHost(&info)
        describeRuntimes(&info)
        info.debug = configuration.debug
        info.systemTime = "\(Timestamp.now)"
        info.loggingDriver = configuration.logDriver
        info.indexServerAddress = "https://index.docker.io/v1/"
        info.registryConfig = registries()
        info.dockerRootDir = configuration.dataRoot
        info.labels = configuration.labels
        info.serverVersion = SkiffVersion.number
        info.swarm.localNodeState = "inactive"
        info.liveRestoreEnabled = configuration.liveRestore
        return info
    }

    private func describeStorage(_ info: inout SystemInfo) {
        info.driver = "overlay2"
        info.driverStatus = [
            ["Backing Filesystem", "extfs"], ["Supports d_type", "true"], ["Using metacopy", "false"],
            ["Native Overlay Diff", "true"], ["userxattr", "false"],
        ]
        info.plugins.volume = ["local"]
        info.plugins.network = ["bridge", "host", "null"]
        info.plugins.log = ["json-file"]
    }

    private func describeHost(_ info: inout SystemInfo) {
        let (name, version) = Host.operatingSystem
        let cgroup2 = access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0
        info.kernelVersion = Host.kernelVersion
        info.operatingSystem = name
        info.osVersion = version
        info.osType = "linux"
        info.architecture = Host.architecture
        info.ncpu = Host.processors
        info.memTotal = Host.memory
        info.name = Host.hostName
        info.cgroupDriver = "cgroupfs"
        info.cgroupVersion = cgroup2 ? "2" : "1"
        info.memoryLimit = true
        info.swapLimit = cgroup2 || access("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes", F_OK) == 0
        info.cpuCfsPeriod = true
        info.cpuCfsQuota = true
        info.cpuShares = true
        info.cpuSet = true
        info.pidsLimit = true
        info.oomKillDisable = !cgroup2
        info.ipv4Forwarding = Host.isOn("/proc/sys/net/ipv4/ip_forward")
        info.securityOptions = ["name=seccomp,profile=builtin"] + (cgroup2 ? ["name=cgroupns"] : [])
    }

    private func describeRuntimes(_ info: inout SystemInfo) {
        var own = RuntimeInfo()
        own.path = "skiff-runtime"
        info.runtimes = [DaemonConfiguration.ownRuntime: own]
        for (name, setting) in configuration.runtimes {
            var runtime = RuntimeInfo()
            runtime.path = setting.path
            runtime.runtimeArgs = setting.runtimeArgs
            runtime.runtimeType = setting.runtimeType
            info.runtimes[name] = runtime
        }
        info.defaultRuntime = configuration.defaultRuntime
        info.initBinary = "skiff-init"
        info.containerdCommit.id = SkiffVersion.number
        info.runcCommit.id = SkiffVersion.number
        info.initCommit.id = SkiffVersion.number
    }

    private func registries() -> RegistryServiceConfig {
        var hub = RegistryIndexConfig()
        hub.name = "docker.io"
        hub.secure = true
        hub.official = true
        hub.mirrors = configuration.registryMirrors
        var indexes = ["docker.io": hub]
        for name in configuration.insecureRegistries where !name.contains("/") {
            var index = RegistryIndexConfig()
            index.name = name
            indexes[name] = index
        }
        var registries = RegistryServiceConfig()
        registries.insecureRegistryCIDRs =
            configuration.insecureRegistries.filter { $0.contains("/") } + ["::1/128", "127.0.0.0/8"]
        registries.indexConfigs = indexes
        registries.mirrors = configuration.registryMirrors
        return registries
    }
}
