import EngineAPI
package import FoundationEssentials
import Glibc
import LinuxSystem

extension DaemonSettings {
    /// Where daemon.json is looked for when no flag names it; it may be missing there.
    package static let defaultFile = "/etc/skiff/daemon.json"

    /// Reads a daemon.json. Directives that do not exist are refused.
    package static func reading(file: String, mustExist: Bool) throws(ConfigurationError) -> DaemonSettings {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: file))
        } catch {
            guard mustExist || access(file, F_OK) == 0 else { return DaemonSettings() }
            throw .unreadable(file: file, reason: "open \(file): \(error.localizedReason)")
        }
        return try parsing(data, file: file)
    }

    package static func parsing(_ data: Data, file: String) throws(ConfigurationError) -> DaemonSettings {
        guard data.contains(where: { ![9, 10, 13, 32].contains($0) }) else { return DaemonSettings() }
        do {
            let keys = try EngineJSON.decode(KeyNames.self, from: data).names
            let known = Set(CodingKeys.allCases.map(\.rawValue))
            let unknown = keys.filter { !known.contains($0) }.sorted()
            guard unknown.isEmpty else {
                throw ConfigurationError.unknownDirectives(file: file, names: unknown)
            }
            return try EngineJSON.decode(DaemonSettings.self, from: data)
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw .unreadable(file: file, reason: ErrorMapping.engineError(for: error).message)
        }
    }

    /// Joins the settings of flags and file; one that both set is refused.
    package func merging(file other: DaemonSettings, named file: String) throws(ConfigurationError) -> DaemonSettings {
        let conflicts = CodingKeys.allCases.compactMap { key -> String? in
            guard let flag = text(of: key), let value = other.text(of: key) else { return nil }
            return "\(key.rawValue): (from flag: \(flag), from file: \(value))"
        }
        guard conflicts.isEmpty else { throw .conflicts(file: file, conflicts) }
        var merged = other
        merged.hosts = hosts ?? other.hosts
        merged.dataRoot = dataRoot ?? other.dataRoot
        merged.execRoot = execRoot ?? other.execRoot
        merged.pidfile = pidfile ?? other.pidfile
        merged.logLevel = logLevel ?? other.logLevel
        merged.debug = debug ?? other.debug
        merged.group = group ?? other.group
        merged.bridge = bridge ?? other.bridge
        merged.bip = bip ?? other.bip
        merged.mtu = mtu ?? other.mtu
        merged.dns = dns ?? other.dns
        merged.dnsOptions = dnsOptions ?? other.dnsOptions
        merged.dnsSearch = dnsSearch ?? other.dnsSearch
        merged.insecureRegistries = insecureRegistries ?? other.insecureRegistries
        merged.registryMirrors = registryMirrors ?? other.registryMirrors
        merged.runtimes = runtimes ?? other.runtimes
        merged.defaultRuntime = defaultRuntime ?? other.defaultRuntime
        merged.defaultUlimits = defaultUlimits ?? other.defaultUlimits
        merged.defaultShmSize = defaultShmSize ?? other.defaultShmSize
        merged.liveRestore = liveRestore ?? other.liveRestore
        merged.`init` = self.`init` ?? other.`init`
        merged.labels = labels ?? other.labels
        merged.logDriver = logDriver ?? other.logDriver
        merged.logOptions = logOptions ?? other.logOptions
        merged.shutdownTimeout = shutdownTimeout ?? other.shutdownTimeout
        return merged
    }
}

/// The names of an object's keys.
private struct KeyNames: Decodable {
    let names: [String]

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) {
            return nil
        }
    }

    init(from decoder: any Decoder) throws {
        names = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
    }
}

extension Error {
    fileprivate var localizedReason: String {
        (self as? CocoaError).map { $0.code == .fileReadNoSuchFile ? "no such file or directory" : "\($0)" }
            ?? "\(self)"
    }
}
