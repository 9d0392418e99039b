/// What `GET /info` answers.
package struct SystemInfo: Codable, Equatable, Sendable {
    @Zero package var id: String
    @Zero package var containers: Int
    @Zero package var containersRunning: Int
    @Zero package var containersPaused: Int
    @Zero package var containersStopped: Int
    @Zero package var images: Int
    @Zero package var driver: String
    @Zero package var driverStatus: [[String]]
    @Nullable package var systemStatus: [[String]]?
    @Zero package var plugins: PluginsInfo
    @Zero package var memoryLimit: Bool
    @Zero package var swapLimit: Bool
    @Zero package var cpuCfsPeriod: Bool
    @Zero package var cpuCfsQuota: Bool
    @Zero package var cpuShares: Bool
    @Zero package var cpuSet: Bool
    @Zero package var pidsLimit: Bool
    @Zero package var ipv4Forwarding: Bool
    @Zero package var debug: Bool
    @Zero package var nFd: Int
    @Zero package var oomKillDisable: Bool
    @Zero package var nGoroutines: Int
    @Zero package var systemTime: String
    @Zero package var loggingDriver: String
    @Zero package var cgroupDriver: String
    @Zero package var cgroupVersion: String
    @Zero package var nEventsListener: Int
    @Zero package var kernelVersion: String
    @Zero package var operatingSystem: String
    @Zero package var osVersion: String
    @Zero package var osType: String
    @Zero package var architecture: String
    @Zero package var indexServerAddress: String
    @Nullable package var registryConfig: RegistryServiceConfig?
    @Zero package var ncpu: Int
    @Zero package var memTotal: Int64
    @Nullable package var genericResources: [String]?
    @Zero package var dockerRootDir: String
    @Zero package var httpProxy: String
    @Zero package var httpsProxy: String
    @Zero package var noProxy: String
    @Zero package var name: String
    @Zero package var labels: [String]
    @Zero package var experimentalBuild: Bool
    @Zero package var serverVersion: String
    @Zero package var runtimes: [String: RuntimeInfo]
    @Zero package var defaultRuntime: String
    @Zero package var swarm: SwarmInfo
    @Zero package var liveRestoreEnabled: Bool
    @Zero package var isolation: String
    @Zero package var initBinary: String
    @Zero package var containerdCommit: CommitInfo
    @Zero package var runcCommit: CommitInfo
    @Zero package var initCommit: CommitInfo
    @Zero package var securityOptions: [String]
    @Zero package var cdiSpecDirs: [String]
    @Nullable package var warnings: [String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case id = "ID"
        case containers = "Containers"
        case containersRunning = "ContainersRunning"
        case containersPaused = "ContainersPaused"
        case containersStopped = "ContainersStopped"
        case images = "Images"
        case driver = "Driver"
        case driverStatus = "DriverStatus"
        case systemStatus = "SystemStatus"
        case plugins = "Plugins"
        case memoryLimit = "MemoryLimit"
        case swapLimit = "SwapLimit"
        case cpuCfsPeriod = "CpuCfsPeriod"
        case cpuCfsQuota = "CpuCfsQuota"
        case cpuShares = "CPUShares"
        case cpuSet = "CPUSet"
        case pidsLimit = "PidsLimit"
        case ipv4Forwarding = "IPv4Forwarding"
        case debug = "Debug"
        case nFd = "NFd"
        case oomKillDisable = "OomKillDisable"
        case nGoroutines = "NGoroutines"
        case systemTime = "SystemTime"
        case loggingDriver = "LoggingDriver"
        case cgroupDriver = "CgroupDriver"
        case cgroupVersion = "CgroupVersion"
        case nEventsListener = "NEventsListener"
        case kernelVersion = "KernelVersion"
        case operatingSystem = "OperatingSystem"
        case osVersion = "OSVersion"
        case osType = "OSType"
        case architecture = "Architecture"
        case indexServerAddress = "IndexServerAddress"
        case registryConfig = "RegistryConfig"
        case ncpu = "NCPU"
        case memTotal = "MemTotal"
        case genericResources = "GenericResources"
        case dockerRootDir = "DockerRootDir"
        case httpProxy = "HttpProxy"
        case httpsProxy = "HttpsProxy"
        case noProxy = "NoProxy"
        case name = "Name"
        case labels = "Labels"
        case experimentalBuild = "ExperimentalBuild"
        case serverVersion = "ServerVersion"
        case runtimes = "Runtimes"
        case defaultRuntime = "DefaultRuntime"
        case swarm = "Swarm"
        case liveRestoreEnabled = "LiveRestoreEnabled"
        case isolation = "Isolation"
        case initBinary = "InitBinary"
        case containerdCommit = "ContainerdCommit"
        case runcCommit = "RuncCommit"
        case initCommit = "InitCommit"
        case securityOptions = "SecurityOptions"
        case cdiSpecDirs = "CDISpecDirs"
        case warnings = "Warnings"
    }
}
