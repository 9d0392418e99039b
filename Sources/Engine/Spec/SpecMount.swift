package import EngineAPI

/// A bind mount, volume or tmpfs of a container with its source found on the host.
package struct SpecMount: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// A directory or file of the host; empty propagation is Docker's default, rprivate.
        case bind(source: String, propagation: String)
        /// A volume's directory on the host.
        case volume(source: String)
        /// A tmpfs with mount options as `--tmpfs` has them, separated by commas.
        case tmpfs(options: String)
    }

    package var kind: Kind
    package var destination: String
    package var writable: Bool
    /// Without the mounts below the source.
    package var nonRecursive: Bool
    /// Read-only at the top alone, leaving the mounts below as they are.
    package var readOnlyNonRecursive: Bool
    /// An error if the mounts below cannot be made read-only.
    package var readOnlyForceRecursive: Bool

    package init(
        _ kind: Kind, destination: String, writable: Bool = true, nonRecursive: Bool = false,
        readOnlyNonRecursive: Bool = false, readOnlyForceRecursive: Bool = false
    ) {
        self.kind = kind
        self.destination = destination
        self.writable = writable
        self.nonRecursive = nonRecursive
        self.readOnlyNonRecursive = readOnlyNonRecursive
        self.readOnlyForceRecursive = readOnlyForceRecursive
    }

    /// The `--tmpfs` mounts of a container.
    package static func tmpfs(of hostConfig: HostConfig) -> [SpecMount] {
        (hostConfig.tmpfs ?? [:]).sorted { $0.key < $1.key }
            .map { SpecMount(.tmpfs(options: $0.value), destination: $0.key) }
    }

    /// A `--mount type=tmpfs` with its options in the form that `--tmpfs` has.
    package static func tmpfs(_ mount: ContainerMount) -> SpecMount {
        var options: [String] = []
        if mount.readOnly == true { options.append("ro") }
        if let mode = mount.tmpfsOptions?.mode, mode != 0 { options.append("mode=" + String(mode, radix: 8)) }
        if let size = mount.tmpfsOptions?.sizeBytes, size > 0 { options.append("size=" + sizeText(size)) }
        for option in mount.tmpfsOptions?.options ?? [] where !option.isEmpty {
            options.append(option.joined(separator: "="))
        }
        return SpecMount(.tmpfs(options: options.joined(separator: ",")), destination: mount.target ?? "")
    }

    private static func sizeText(_ bytes: Int64) -> String {
        for (unit, suffix) in [(Int64(1) << 30, "g"), (1 << 20, "m"), (1 << 10, "k")] where bytes % unit == 0 {
            return "\(bytes / unit)\(suffix)"
        }
        return "\(bytes)"
    }
}
