package import EngineAPI

/// What a user can set for the daemon, by flag or in `daemon.json`; nil is not set.
/// The coding keys are daemon.json's names.
package struct DaemonSettings: Codable, Equatable, Sendable {
    package var hosts: [String]?
    package var dataRoot: String?
    package var execRoot: String?
    package var pidfile: String?
    package var logLevel: String?
    package var debug: Bool?
    package var group: String?
    package var bridge: String?
    package var bip: String?
    package var mtu: Int?
    package var dns: [String]?
    package var dnsOptions: [String]?
    package var dnsSearch: [String]?
    package var insecureRegistries: [String]?
    package var registryMirrors: [String]?
    package var runtimes: [String: RuntimeSetting]?
    package var defaultRuntime: String?
    package var defaultUlimits: [String: Ulimit]?
    package var defaultShmSize: ByteSize?
    package var liveRestore: Bool?
    package var `init`: Bool?
    package var labels: [String]?
    package var logDriver: String?
    package var logOptions: [String: String]?
    package var shutdownTimeout: Int?

    package init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
        case hosts
        case dataRoot = "data-root"
        case execRoot = "exec-root"
        case pidfile
        case logLevel = "log-level"
        case debug
        case group
        case bridge
        case bip
        case mtu
        case dns
        case dnsOptions = "dns-opts"
        case dnsSearch = "dns-search"
        case insecureRegistries = "insecure-registries"
        case registryMirrors = "registry-mirrors"
        case runtimes
        case defaultRuntime = "default-runtime"
        case defaultUlimits = "default-ulimits"
        case defaultShmSize = "default-shm-size"
        case liveRestore = "live-restore"
        case `init` = "init"
        case labels
        case logDriver = "log-driver"
        case logOptions = "log-opts"
        case shutdownTimeout = "shutdown-timeout"
    }

    /// A setting's value as text, for messages; nil when it is not set.
    func text(of key: CodingKeys) -> String? {
        switch key {
        case .hosts: hosts.map(Self.text)
        case .dataRoot: dataRoot
        case .execRoot: execRoot
        case .pidfile: pidfile
        case .logLevel: logLevel
        case .debug: debug.map { "\($0)" }
        case .group: group
        case .bridge: bridge
        case .bip: bip
        case .mtu: mtu.map { "\($0)" }
        case .dns: dns.map(Self.text)
        case .dnsOptions: dnsOptions.map(Self.text)
        case .dnsSearch: dnsSearch.map(Self.text)
        case .insecureRegistries: insecureRegistries.map(Self.text)
        case .registryMirrors: registryMirrors.map(Self.text)
        case .runtimes: runtimes.map { Self.text($0.keys.sorted()) }
        case .defaultRuntime: defaultRuntime
        case .defaultUlimits: defaultUlimits.map { Self.text($0.keys.sorted()) }
        case .defaultShmSize: defaultShmSize.map { "\($0.bytes)" }
        case .liveRestore: liveRestore.map { "\($0)" }
        case .`init`: self.`init`.map { "\($0)" }
        case .labels: labels.map(Self.text)
        case .logDriver: logDriver
        case .logOptions: logOptions.map { Self.text($0.keys.sorted()) }
        case .shutdownTimeout: shutdownTimeout.map { "\($0)" }
        }
    }

    private static func text(_ list: [String]) -> String { "[" + list.joined(separator: " ") + "]" }
}

/// An OCI runtime in the daemon's settings.
package struct RuntimeSetting: Codable, Equatable, Sendable {
    package var path: String?
    package var runtimeArgs: [String]?
    package var runtimeType: String?

    package init(path: String) {
        self.path = path
    }
}
