import EngineAPI
package import LinuxSystem

/// The content of a container's /etc/hosts, /etc/hostname and /etc/resolv.conf.
package struct NetworkFileContent: Sendable {
    private let hostConfig: HostConfig
    private let config: ContainerConfig
    private let address: String?
    private let gateway: String?
    private let daemon: DaemonConfiguration

    package init(record: ContainerRecord, configuration: DaemonConfiguration) {
        hostConfig = record.hostConfig
        config = record.config
        address = record.endpoint.map { "\($0.ipAddress)" }
        gateway = record.endpoint.map { "\($0.gateway)" }
        daemon = configuration
    }

    private var isHost: Bool { NamespaceMode(hostConfig.networkMode).isHost }

    package var hostname: String { config.hostname + "\n" }

    package func hosts() throws(SystemError) -> String {
        var text: String
        if isHost {
            text = try FileWork.read("/etc/hosts")
            if !text.hasSuffix("\n"), !text.isEmpty { text += "\n" }
        } else {
            text = """
                127.0.0.1\tlocalhost
                ::1\tlocalhost ip6-localhost ip6-loopback
                fe00::\tip6-localnet
                ff00::\tip6-mcastprefix
                ff02::1\tip6-allnodes
                ff02::2\tip6-allrouters

                """
        }
        for entry in hostConfig.extraHosts ?? [] {
            let parts = entry.split(whereSeparator: { $0 == ":" || $0 == "=" })
            guard parts.count >= 2 else { continue }
            let separator = entry.firstIndex { $0 == ":" || $0 == "=" } ?? entry.endIndex
            var target = String(entry[separator...].dropFirst())
            if target == "host-gateway" { target = gateway ?? "127.0.0.1" }
            text += "\(target)\t\(entry[..<separator])\n"
        }
        if let address, !config.hostname.isEmpty {
            let names =
                config.domainname.isEmpty
                ? config.hostname : "\(config.hostname).\(config.domainname) \(config.hostname)"
            text += "\(address)\t\(names)\n"
        }
        return text
    }

    package func resolvConf() throws(SystemError) -> String {
        let host = ResolverConfiguration(parsing: (try? FileWork.read("/etc/resolv.conf")) ?? "")
        var resolver = isHost ? host : host.withoutLoopback()
        let servers = hostConfig.dns ?? []
        let search = hostConfig.dnsSearch ?? []
        let options = hostConfig.dnsOptions ?? []
        if !servers.isEmpty || !daemon.dns.isEmpty { resolver.servers = servers.isEmpty ? daemon.dns : servers }
        if !search.isEmpty || !daemon.dnsSearch.isEmpty {
            resolver.search = (search.isEmpty ? daemon.dnsSearch : search).filter { $0 != "." }
        }
        if !options.isEmpty || !daemon.dnsOptions.isEmpty {
            resolver.options = options.isEmpty ? daemon.dnsOptions : options
        }
        return resolver.text
    }
}

/// What a resolv.conf says, see resolv.conf(5).
package struct ResolverConfiguration: Equatable, Sendable {
    package var servers: [String] = []
    package var search: [String] = []
    package var options: [String] = []

    package init(parsing text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
            guard let key = words.first, words.count > 1 else { continue }
            switch key {
            case "nameserver": servers.append(words[1])
            case "search", "domain": search = Array(words.dropFirst())
            case "options": options += words.dropFirst()
            default: continue
            }
        }
    }

    /// The host's own resolver cannot be reached from another network namespace.
    package func withoutLoopback() -> ResolverConfiguration {
        var copy = self
        copy.servers.removeAll { $0.hasPrefix("127.") || $0 == "::1" }
        return copy
    }

    package var text: String {
        var text = servers.map { "nameserver \($0)\n" }.joined()
        if !search.isEmpty { text += "search " + search.joined(separator: " ") + "\n" }
        if !options.isEmpty { text += "options " + options.joined(separator: " ") + "\n" }
        return text
    }
}
