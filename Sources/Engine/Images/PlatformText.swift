import OCISpec

/// A platform as users write it: `linux/amd64` or `linux/arm/v7`.
enum PlatformText {
    /// Nil for an empty text.
    static func parse(_ text: String) throws(EngineError) -> Platform? {
        guard !text.isEmpty else { return nil }
        let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard !parts.contains(""), (1...3).contains(parts.count) else {
            throw EngineError(
                .invalidParameter, "\"\(text)\" is an invalid OS/architecture: use for example linux/amd64")
        }
        if parts.count == 1 {
            return parts[0] == "linux"
                ? Platform(architecture: Host.goArchitecture, os: "linux")
                : Platform(architecture: architecture(parts[0]), os: "linux")
        }
        return Platform(
            architecture: architecture(parts[1]), os: parts[0], variant: parts.count > 2 ? parts[2] : nil)
    }

    private static func architecture(_ name: String) -> String {
        switch name {
        case "x86_64", "x86-64": "amd64"
        case "aarch64": "arm64"
        default: name
        }
    }
}
