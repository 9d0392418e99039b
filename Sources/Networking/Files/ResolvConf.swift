/// A container's /etc/resolv.conf (resolv.conf(5)).
package struct ResolvConf: Equatable, Sendable {
    package var nameservers: [String] = []
    package var search: [String] = []
    package var options: [String] = []

    /// What the user asks for; each list that is not empty replaces the host's.
    package struct Override: Equatable, Sendable {
        package var nameservers: [String]
        package var search: [String]
        package var options: [String]

        package init(nameservers: [String] = [], search: [String] = [], options: [String] = []) {
            self.nameservers = nameservers
            self.search = search
            self.options = options
        }
    }

    /// Public servers for hosts whose own cannot be reached from a container.
    private static let fallback = ["8.8.8.8", "8.8.4.4"]

    /// Reads the lines a resolver would; comments and what it does not know are left out.
    package init(parsing text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let keyword = words.first, let value = words.dropFirst().first else { continue }
            switch keyword {
            case "nameserver": nameservers.append(value)
            // The last of these lines holds, as the resolver has it.
            case "search": search = Array(words.dropFirst())
            case "domain": search = [value]
            case "options": options += words.dropFirst()
            default: continue
            }
        }
    }

    /// The file for a container with a network of its own.
    ///
    /// Servers on the host's loopback are left out, since they cannot be reached from there; where none remains, public
    /// ones stand in. A search list of `.` asks for none.
    /// - Parameter host: the host's file; empty where it has none.
    package static func render(host: String, override: Override = Override()) -> String {
        var configuration = ResolvConf(parsing: host)
        configuration.nameservers.removeAll { IPAddress(parsing: $0.zoneless)?.isLoopback ?? true }
        configuration.apply(override)
        if configuration.nameservers.isEmpty { configuration.nameservers = fallback }
        return configuration.text
    }

    /// The file for a container that shares the host's network: every server can be reached.
    package static func renderForHostNetwork(host: String, override: Override = Override()) -> String {
        guard override != Override() else { return host }
        var configuration = ResolvConf(parsing: host)
        configuration.apply(override)
        return configuration.text
    }

    private mutating func apply(_ override: Override) {
        if !override.nameservers.isEmpty { nameservers = override.nameservers }
        if !override.search.isEmpty { search = override.search == ["."] ? [] : override.search }
        if !override.options.isEmpty { options = override.options }
    }

    private var text: String {
        var lines = nameservers.map { "nameserver \($0)" }
        if !search.isEmpty { lines.append("search " + search.joined(separator: " ")) }
        if !options.isEmpty { lines.append("options " + options.joined(separator: " ")) }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension String {
    /// An IPv6 address without the interface it is valid on (`fe80::1%eth0`).
    fileprivate var zoneless: String { String(prefix { $0 != "%" }) }
}
