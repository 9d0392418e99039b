internal import LinuxSystem
internal import OCISpec

/// A mount of the configuration, checked.
struct MountPlan {
    enum Kind: Equatable {
        /// A tree or a file of the host.
        case bind(recursive: Bool)
        /// The container's cgroups.
        case cgroup
        /// A new file system of this type.
        case fileSystem(String)
    }

    /// How the ids of a bind mount's files are translated.
    struct IDMap: Equatable {
        /// Empty for those of the container's user namespace.
        let uids: [IDMapping]
        let gids: [IDMapping]
        let isRecursive: Bool
    }

    /// The place in the configuration, as `mounts[2]`.
    let field: String
    let kind: Kind
    /// Of a bind mount, absolute.
    let source: String
    /// Absolute, in the container.
    let destination: String
    let options: MountOptions
    let idMap: IDMap?

    init(_ mount: Mount, field: String, bundle: String) throws(RuntimeError) {
        self.field = field
        guard !mount.destination.isEmpty else {
            throw .invalid(field: "\(field).destination", problem: "the field is required")
        }
        func refuseNull(_ name: String, _ value: String?) throws(RuntimeError) {
            guard value?.utf8.contains(0) == true else { return }
            throw .invalid(field: "\(field).\(name)", problem: "mount field contains null byte")
        }
        try refuseNull("destination", mount.destination)
        try refuseNull("source", mount.source)
        try refuseNull("type", mount.type)
        destination = mount.destination.isAbsolutePath ? mount.destination : "/\(mount.destination)"
        options = MountOptions(mount.options)
        let type = mount.type ?? ""
        var source = mount.source ?? ""
        if options.isBind || type == "bind" || type.isEmpty || type == "none" {
            guard !source.isEmpty else {
                throw .invalid(field: "\(field).source", problem: "a bind mount needs a source")
            }
            if !source.isAbsolutePath { source = "\(bundle)/\(source)" }
            kind = .bind(recursive: options.isRecursiveBind)
        } else if type == "cgroup" || type == "cgroup2" {
            kind = .cgroup
        } else {
            kind = .fileSystem(type)
        }
        self.source = source
        idMap = try Self.idMap(mount, options, kind, field)
    }

    private static func idMap(
        _ mount: Mount, _ options: MountOptions, _ kind: Kind, _ field: String
    ) throws(RuntimeError) -> IDMap? {
        let hasMappings = !mount.uidMappings.isEmpty || !mount.gidMappings.isEmpty
        guard options.isIDMapped || hasMappings else { return nil }
        guard case .bind = kind else {
            throw .invalid(
                field: hasMappings ? "\(field).uidMappings" : "\(field).options",
                problem: "id-mapped mounts are only supported for bind-mounts")
        }
        guard mount.uidMappings.isEmpty == mount.gidMappings.isEmpty else {
            throw .invalid(
                field: "\(field).\(mount.uidMappings.isEmpty ? "uidMappings" : "gidMappings")",
                problem: "id-mapped mounts must have both uid and gid mappings specified")
        }
        return IDMap(
            uids: mount.uidMappings, gids: mount.gidMappings, isRecursive: options.isRecursivelyIDMapped)
    }

    /// The words for a mount that failed.
    func failure(_ error: any Error) -> String {
        "\(field): error mounting \"\(source)\" to rootfs at \"\(destination)\": \(error)"
    }
}
