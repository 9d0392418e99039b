import Glibc
internal import OCISpec

/// What an ordinary user's container must have or cannot have; the kernel would refuse it later in less clear words.
enum RootlessCheck {
    static func check(_ container: ContainerSpec) throws(RuntimeError) {
        guard container.namespaces.has(.user) else {
            throw .invalid(field: "linux.namespaces", problem: "rootless container requires user namespaces")
        }
        for mount in container.mounts {
            guard mount.idMap == nil else {
                throw .invalid(
                    field: mount.field, problem: "id-mapped mounts are not supported for rootless containers")
            }
            // The ids of a namespace that is joined are the kernel's to look up.
            guard container.namespaces.isNew(.user) else { continue }
            try check(mount, "uid", container.linux.uidMappings)
            try check(mount, "gid", container.linux.gidMappings)
        }
    }

    private static func check(_ mount: MountPlan, _ kind: String, _ mappings: [IDMapping]) throws(RuntimeError) {
        for option in mount.options.data where option.hasPrefix("\(kind)=") {
            guard let id = UInt64(option.dropFirst(kind.count + 1)) else { continue }
            let isMapped = mappings.contains { mapping in
                id >= UInt64(mapping.containerID) && id < UInt64(mapping.containerID) + UInt64(mapping.size)
            }
            guard isMapped else {
                throw .invalid(
                    field: "\(mount.field).options",
                    problem: "cannot specify \(kind)= mount options for unmapped \(kind) in rootless containers")
            }
        }
    }

    /// Groups are the namespace's maker's own, and nobody gives them others.
    static func check(_ user: User) throws(RuntimeError) {
        guard user.additionalGids.isEmpty else {
            throw .container("unable to setup user: cannot set any additional groups in a rootless container")
        }
    }
}
