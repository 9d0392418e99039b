import CLI
import OCISpec
import Registry

/// The flags of commands that speak to a registry.
enum RegistryFlags {
    static let all: [Flag] = [
        .bool("skip-verify", "k", "Do not verify the registry's certificate"),
        .bool("plain-http", nil, "Allow connections without encryption"),
        .string("user", "u", "Registry user and password (USER[:PASSWORD])", placeholder: "user"),
        .string("hosts-dir", nil, "Directory of registries' certificates", placeholder: "dir"),
        .string("platform", nil, "Platform to choose (OS/ARCHITECTURE[/VARIANT])", placeholder: "platform"),
        .int("max-concurrent-downloads", nil, "Layers that are downloaded at once"),
    ]

    static func configuration(_ flags: ParsedFlags, domain: String) -> RegistryConfiguration {
        var configuration = RegistryConfiguration()
        if flags.bool("skip-verify") || flags.bool("plain-http") { configuration.insecureRegistries = [domain] }
        if flags.isSet("hosts-dir") { configuration.certificateDirectories = [flags.string("hosts-dir")] }
        let downloads = flags.int("max-concurrent-downloads")
        if downloads > 0 { configuration.maximumDownloads = Int(min(downloads, 64)) }
        return configuration
    }

    static func credentials(_ flags: ParsedFlags) -> RegistryCredentials? {
        let text = flags.string("user")
        guard !text.isEmpty else { return nil }
        let name = text.prefix { $0 != ":" }
        return RegistryCredentials(username: String(name), password: String(text.dropFirst(name.count + 1)))
    }

    /// `nil` for the host's.
    static func platform(_ flags: ParsedFlags) throws(CommandFailure) -> Platform? {
        let text = flags.string("platform")
        guard !text.isEmpty else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else {
            throw CommandFailure("bad platform \"\(text)\": use OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT")
        }
        return Platform(architecture: parts[1], os: parts[0], variant: parts.count == 3 ? parts[2] : nil)
    }
}
