import ArgumentParser
import Engine
import Glibc
import Logging

/// The engine daemon's command line: dockerd's flags.
@main
struct SkiffdCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skiffd", abstract: "A self-sufficient runtime for containers.",
        version: "Skiff version \(SkiffVersion.number), build \(SkiffVersion.commit)")

    @Option(name: [.customShort("H"), .long], help: "Daemon socket(s) to connect to.")
    var host: [String] = []

    @Option(name: .customLong("data-root"), help: "Root directory of persistent state.")
    var dataRoot: String?

    @Option(name: .customLong("exec-root"), help: "Root directory for execution state files.")
    var execRoot: String?

    @Option(name: [.customShort("p"), .long], help: "Path to use for the daemon's PID file.")
    var pidfile: String?

    @Option(name: .customLong("config-file"), help: "Daemon configuration file.")
    var configFile: String?

    @Option(name: [.customShort("l"), .customLong("log-level")], help: "debug, info, warn, error or fatal.")
    var logLevel: String?

    @Flag(name: [.customShort("D"), .long], help: "Enable debug mode.")
    var debug = false

    @Option(name: [.customShort("G"), .long], help: "Group for the Unix socket.")
    var group: String?

    @Option(name: [.customShort("b"), .long], help: "Attach containers to a network bridge; none for no network.")
    var bridge: String?

    @Option(help: "IP address and prefix length of the bridge.")
    var bip: String?

    @Option(help: "MTU of the default bridge network.")
    var mtu: Int?

    @Option(help: "DNS server to use.")
    var dns: [String] = []

    @Option(name: .customLong("dns-opt"), help: "DNS options to use.")
    var dnsOptions: [String] = []

    @Option(name: .customLong("dns-search"), help: "DNS search domains to use.")
    var dnsSearch: [String] = []

    @Option(name: .customLong("insecure-registry"), help: "Enable insecure registry communication.")
    var insecureRegistries: [String] = []

    @Option(name: .customLong("registry-mirror"), help: "Preferred registry mirror.")
    var registryMirrors: [String] = []

    @Option(name: .customLong("add-runtime"), help: "Register an additional OCI runtime as name=path.")
    var runtimes: [String] = []

    @Option(name: .customLong("default-runtime"), help: "Default OCI runtime for containers.")
    var defaultRuntime: String?

    @Option(name: .customLong("default-shm-size"), help: "Default shm size for containers.")
    var defaultShmSize: String?

    @Flag(name: .customLong("live-restore"), help: "Keep containers running while the daemon is down.")
    var liveRestore = false

    @Flag(name: .customLong("init"), help: "Run an init in containers.")
    var useInit = false

    @Option(name: .customLong("shutdown-timeout"), help: "Seconds that containers get to stop at shutdown.")
    var shutdownTimeout: Int?

    @Option(name: .customLong("log-driver"), help: "Default driver for container logs.")
    var logDriver: String?

    @Option(name: .customLong("label"), help: "Set key=value labels to the daemon.")
    var labels: [String] = []

    func run() async throws {
        let configuration: DaemonConfiguration
        do {
            let flags = try settings()
            let path = configFile ?? DaemonSettings.defaultFile
            let file = try DaemonSettings.reading(file: path, mustExist: configFile != nil)
            configuration = try DaemonConfiguration(
                try flags.merging(file: file, named: path), programDirectory: try ProgramDirectory.ofThisProgram())
        } catch {
            fail(error)
        }
        let level: Logger.Level = configuration.debug ? .debug : Self.level(configuration.logLevel)
        let logger = Logger(label: "skiffd") { _ in DaemonLogHandler(level: level) }
        do {
            try await Daemon(configuration: configuration, logger: logger).run()
        } catch {
            fail(error)
        }
    }

    private func fail(_ error: any Error) -> Never {
        var text = "failed to start daemon: \(error)\n"
        text.withUTF8 { bytes in _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
        Glibc.exit(1)
    }

    private static func level(_ name: String) -> Logger.Level {
        switch name {
        case "debug": .debug
        case "warn": .warning
        case "error": .error
        case "fatal": .critical
        default: .info
        }
    }

    private func settings() throws -> DaemonSettings {
        var settings = DaemonSettings()
        settings.hosts = host.isEmpty ? nil : host
        settings.dataRoot = dataRoot
        settings.execRoot = execRoot
        settings.pidfile = pidfile
        settings.logLevel = logLevel
        settings.debug = debug ? true : nil
        settings.group = group
        settings.bridge = bridge
        settings.bip = bip
        settings.mtu = mtu
        settings.dns = dns.isEmpty ? nil : dns
        settings.dnsOptions = dnsOptions.isEmpty ? nil : dnsOptions
        settings.dnsSearch = dnsSearch.isEmpty ? nil : dnsSearch
        settings.insecureRegistries = insecureRegistries.isEmpty ? nil : insecureRegistries
        settings.registryMirrors = registryMirrors.isEmpty ? nil : registryMirrors
        settings.runtimes = runtimes.isEmpty ? nil : try Self.parse(runtimes: runtimes)
        settings.defaultRuntime = defaultRuntime
        settings.defaultShmSize = try defaultShmSize.map { text in
            guard let size = ByteSize(text) else { throw ConfigurationError.invalid("invalid size: '\(text)'") }
            return size
        }
        settings.liveRestore = liveRestore ? true : nil
        settings.`init` = useInit ? true : nil
        settings.shutdownTimeout = shutdownTimeout
        settings.logDriver = logDriver
        settings.labels = labels.isEmpty ? nil : labels
        return settings
    }

    private static func parse(runtimes: [String]) throws -> [String: RuntimeSetting] {
        var parsed: [String: RuntimeSetting] = [:]
        for text in runtimes {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else {
                throw ConfigurationError.invalid("invalid runtime '\(text)': use name=path")
            }
            guard parsed.updateValue(RuntimeSetting(path: String(parts[1])), forKey: String(parts[0])) == nil else {
                throw ConfigurationError.invalid("runtime '\(parts[0])' was already defined")
            }
        }
        return parsed
    }
}
