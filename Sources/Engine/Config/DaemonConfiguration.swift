package import EngineAPI

/// The daemon's settings with every default filled in.
package struct DaemonConfiguration: Sendable {
    package var hosts: [ListenAddress]
    package var dataRoot: String
    package var execRoot: String
    package var pidFile: String
    package var logLevel: String
    package var debug: Bool
    package var group: String?
    /// The default bridge's name, nil when there is to be none.
    package var bridge: String?
    package var bridgeAddress: String?
    package var mtu: Int
    package var dns: [String]
    package var dnsOptions: [String]
    package var dnsSearch: [String]
    package var insecureRegistries: [String]
    package var registryMirrors: [String]
    package var runtimes: [String: RuntimeSetting]
    package var defaultRuntime: String
    package var defaultUlimits: [Ulimit]
    package var defaultShmSize: Int64
    package var liveRestore: Bool
    package var useInit: Bool
    package var labels: [String]
    package var logDriver: String
    package var logOptions: [String: String]
    package var shutdownTimeout: Int
    /// Where the daemon's sibling programs are.
    package var programDirectory: String

    /// The runtime that is Skiff's own.
    package static let ownRuntime = "skiff"

    package init(_ settings: DaemonSettings, programDirectory: String) throws {
        self.programDirectory = programDirectory
        hosts = try (settings.hosts ?? ["unix:///run/skiff/skiff.sock"]).map { try ListenAddress(parsing: $0) }
        dataRoot = try Self.absolute(settings.dataRoot ?? "/var/lib/skiff", "data-root")
        execRoot = try Self.absolute(settings.execRoot ?? "/run/skiff", "exec-root")
        pidFile = try Self.absolute(settings.pidfile ?? "/run/skiff/skiffd.pid", "pidfile")
        logLevel = settings.logLevel ?? "info"
        guard ["debug", "info", "warn", "error", "fatal"].contains(logLevel) else {
            throw ConfigurationError.invalid("invalid logging level: \(logLevel)")
        }
        debug = settings.debug ?? false
        group = settings.group
        bridge = settings.bridge == "none" ? nil : settings.bridge ?? "skiff0"
        if let bridge, bridge.utf8.isEmpty || bridge.utf8.count > 15 || bridge.contains("/") {
            throw ConfigurationError.invalid("invalid bridge name \(bridge): use at most 15 characters and no slash")
        }
        bridgeAddress = settings.bip
        mtu = settings.mtu ?? 1500
        dns = settings.dns ?? []
        dnsOptions = settings.dnsOptions ?? []
        dnsSearch = settings.dnsSearch ?? []
        insecureRegistries = settings.insecureRegistries ?? []
        registryMirrors = settings.registryMirrors ?? []
        runtimes = settings.runtimes ?? [:]
        if runtimes[Self.ownRuntime] != nil {
            throw ConfigurationError.invalid("runtime name '\(Self.ownRuntime)' is reserved")
        }
        defaultRuntime = settings.defaultRuntime ?? Self.ownRuntime
        if defaultRuntime != Self.ownRuntime, runtimes[defaultRuntime] == nil {
            throw ConfigurationError.invalid("specified default runtime '\(defaultRuntime)' does not exist")
        }
        defaultUlimits = (settings.defaultUlimits ?? [:]).map { name, limit in
            var limit = limit
            limit.name = name
            return limit
        }.sorted { $0.name < $1.name }
        defaultShmSize = settings.defaultShmSize?.bytes ?? 64 << 20
        liveRestore = settings.liveRestore ?? false
        useInit = settings.`init` ?? false
        labels = settings.labels ?? []
        logDriver = settings.logDriver ?? "json-file"
        guard ["json-file", "none"].contains(logDriver) else {
            throw ConfigurationError.invalid("logger: no log driver named '\(logDriver)' is registered")
        }
        logOptions = settings.logOptions ?? [:]
        shutdownTimeout = settings.shutdownTimeout ?? 15
    }

    private static func absolute(_ path: String, _ name: String) throws(ConfigurationError) -> String {
        guard path.hasPrefix("/") else { throw .invalid("\(name) \(path) must be an absolute path") }
        return path
    }
}
