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

    let kind: Kind
    let source: String
    /// Absolute, in the container.
    let destination: String
    let options: MountOptions

    init(_ mount: Mount, field: String) throws(RuntimeError) {
        guard mount.uidMappings.isEmpty, mount.gidMappings.isEmpty else {
            throw .invalid(field: "\(field).uidMappings", problem: "id-mapped mounts are not supported yet")
        }
        guard !mount.destination.isEmpty else {
            throw .invalid(field: "\(field).destination", problem: "the field is required")
        }
        destination = mount.destination.hasPrefix("/") ? mount.destination : "/\(mount.destination)"
        options = try MountOptions(mount.options, field: "\(field).options")
        source = mount.source ?? ""
        let type = mount.type ?? ""
        if options.isBind || type == "bind" || type.isEmpty || type == "none" {
            guard !source.isEmpty else {
                throw .invalid(field: "\(field).source", problem: "a bind mount needs a source")
            }
            kind = .bind(recursive: options.isRecursiveBind)
            guard options.data.isEmpty else {
                throw .invalid(
                    field: "\(field).options",
                    problem: "bind mounts cannot have any filesystem-specific options applied")
            }
        } else if type == "cgroup" || type == "cgroup2" {
            kind = .cgroup
        } else {
            kind = .fileSystem(type)
        }
    }
}
