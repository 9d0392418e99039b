/// How a container is tied to this host.
package struct HostConfig: Codable, Equatable, Sendable {
    @Nullable package var binds: [String]?
    @Zero package var containerIDFile: String
    @Zero package var logConfig: LogConfig
    @Zero package var networkMode: String
    @Nullable package var portBindings: [String: [PortBinding]?]?
    @Zero package var restartPolicy: RestartPolicy
    @Zero package var autoRemove: Bool
    @Zero package var volumeDriver: String
    @Nullable package var volumesFrom: [String]?
    /// Height, width.
    @Zero package var consoleSize: [Int]
    package var annotations: [String: String]?
    @StringSlice package var capAdd: [String]?
    @StringSlice package var capDrop: [String]?
    @Zero package var cgroupnsMode: String
    @Nullable package var dns: [String]?
    @Nullable package var dnsOptions: [String]?
    @Nullable package var dnsSearch: [String]?
    @Nullable package var extraHosts: [String]?
    @Nullable package var groupAdd: [String]?
    @Zero package var ipcMode: String
    @Zero package var cgroup: String
    @Nullable package var links: [String]?
    @Zero package var oomScoreAdj: Int
    @Zero package var pidMode: String
    @Zero package var privileged: Bool
    @Zero package var publishAllPorts: Bool
    @Zero package var readonlyRootfs: Bool
    @Nullable package var securityOpt: [String]?
    package var storageOpt: [String: String]?
    package var tmpfs: [String: String]?
    @Zero package var utsMode: String
    @Zero package var usernsMode: String
    @Zero package var shmSize: Int64
    package var sysctls: [String: String]?
    @Zero package var runtime: String
    @Zero package var isolation: String
    @Zero package var cpuShares: Int64
    @Zero package var memory: Int64
    @Zero package var nanoCPUs: Int64
    @Zero package var cgroupParent: String
    @Zero package var blkioWeight: UInt16
    @Nullable package var blkioWeightDevice: [WeightDevice]?
    @Nullable package var blkioDeviceReadBps: [ThrottleDevice]?
    @Nullable package var blkioDeviceWriteBps: [ThrottleDevice]?
    @Nullable package var blkioDeviceReadIOps: [ThrottleDevice]?
    @Nullable package var blkioDeviceWriteIOps: [ThrottleDevice]?
    @Zero package var cpuPeriod: Int64
    @Zero package var cpuQuota: Int64
    @Zero package var cpuRealtimePeriod: Int64
    @Zero package var cpuRealtimeRuntime: Int64
    @Zero package var cpusetCPUs: String
    @Zero package var cpusetMems: String
    @Nullable package var devices: [DeviceMapping]?
    @Nullable package var deviceCgroupRules: [String]?
    @Nullable package var deviceRequests: [DeviceRequest]?
    @Zero package var memoryReservation: Int64
    @Zero package var memorySwap: Int64
    @Nullable package var memorySwappiness: Int64?
    @Nullable package var oomKillDisable: Bool?
    @Nullable package var pidsLimit: Int64?
    @Nullable package var ulimits: [Ulimit]?
    @Zero package var cpuCount: Int64
    @Zero package var cpuPercent: Int64
    @Zero package var ioMaximumIOps: UInt64
    @Zero package var ioMaximumBandwidth: UInt64
    package var mounts: [ContainerMount]?
    @Nullable package var maskedPaths: [String]?
    @Nullable package var readonlyPaths: [String]?
    package var `init`: Bool?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case binds = "Binds"
        case containerIDFile = "ContainerIDFile"
        case logConfig = "LogConfig"
        case networkMode = "NetworkMode"
        case portBindings = "PortBindings"
        case restartPolicy = "RestartPolicy"
        case autoRemove = "AutoRemove"
        case volumeDriver = "VolumeDriver"
        case volumesFrom = "VolumesFrom"
        case consoleSize = "ConsoleSize"
        case annotations = "Annotations"
        case capAdd = "CapAdd"
        case capDrop = "CapDrop"
        case cgroupnsMode = "CgroupnsMode"
        case dns = "Dns"
        case dnsOptions = "DnsOptions"
        case dnsSearch = "DnsSearch"
        case extraHosts = "ExtraHosts"
        case groupAdd = "GroupAdd"
        case ipcMode = "IpcMode"
        case cgroup = "Cgroup"
        case links = "Links"
        case oomScoreAdj = "OomScoreAdj"
        case pidMode = "PidMode"
        case privileged = "Privileged"
        case publishAllPorts = "PublishAllPorts"
        case readonlyRootfs = "ReadonlyRootfs"
        case securityOpt = "SecurityOpt"
        case storageOpt = "StorageOpt"
        case tmpfs = "Tmpfs"
        case utsMode = "UTSMode"
        case usernsMode = "UsernsMode"
        case shmSize = "ShmSize"
        case sysctls = "Sysctls"
        case runtime = "Runtime"
        case isolation = "Isolation"
        case cpuShares = "CpuShares"
        case memory = "Memory"
        case nanoCPUs = "NanoCpus"
        case cgroupParent = "CgroupParent"
        case blkioWeight = "BlkioWeight"
        case blkioWeightDevice = "BlkioWeightDevice"
        case blkioDeviceReadBps = "BlkioDeviceReadBps"
        case blkioDeviceWriteBps = "BlkioDeviceWriteBps"
        case blkioDeviceReadIOps = "BlkioDeviceReadIOps"
        case blkioDeviceWriteIOps = "BlkioDeviceWriteIOps"
        case cpuPeriod = "CpuPeriod"
        case cpuQuota = "CpuQuota"
        case cpuRealtimePeriod = "CpuRealtimePeriod"
        case cpuRealtimeRuntime = "CpuRealtimeRuntime"
        case cpusetCPUs = "CpusetCpus"
        case cpusetMems = "CpusetMems"
        case devices = "Devices"
        case deviceCgroupRules = "DeviceCgroupRules"
        case deviceRequests = "DeviceRequests"
        case memoryReservation = "MemoryReservation"
        case memorySwap = "MemorySwap"
        case memorySwappiness = "MemorySwappiness"
        case oomKillDisable = "OomKillDisable"
        case pidsLimit = "PidsLimit"
        case ulimits = "Ulimits"
        case cpuCount = "CpuCount"
        case cpuPercent = "CpuPercent"
        case ioMaximumIOps = "IOMaximumIOps"
        case ioMaximumBandwidth = "IOMaximumBandwidth"
        case mounts = "Mounts"
        case maskedPaths = "MaskedPaths"
        case readonlyPaths = "ReadonlyPaths"
        case `init` = "Init"
    }
}

extension HostConfig: ZeroValue {
    package static var zero: HostConfig { HostConfig() }
}
