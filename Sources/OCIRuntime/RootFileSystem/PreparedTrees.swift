import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

/// Copies of bind mounts' sources, made by the runtime before the container's process exists: a user namespace's root
/// may not reach the source, nor map the ids of the host's mounts.
struct PreparedTrees {
    /// Descriptors of detached mounts by the index in `mounts`.
    private(set) var descriptors: [Int: Int32] = [:]

    init(_ container: ContainerSpec) throws(RuntimeError) {
        // Without a mount namespace, copies of the host's mounts must be cut off first as well.
        let all = container.namespaces.has(.user) || !container.namespaces.has(.mount)
        for (index, mount) in container.mounts.enumerated() {
            guard case .bind(let recursive) = mount.kind, all || mount.idMap != nil else { continue }
            do throws(RuntimeError) {
                let tree = try Self.clone(mount, recursive: recursive, container)
                descriptors[index] = tree?.release()
            } catch {
                close()
                throw error
            }
        }
    }

    func close() {
        for descriptor in descriptors.values { Glibc.close(descriptor) }
    }

    /// `nil` where the runtime itself may not copy mounts; then the container's process tries.
    private static func clone(
        _ mount: MountPlan, recursive: Bool, _ container: ContainerSpec
    ) throws(RuntimeError) -> MountTree? {
        let tree: MountTree
        do throws(SystemError) { tree = try MountTree(cloning: mount.source, recursive: recursive) } catch {
            if error.errno == EPERM, mount.idMap == nil { return nil }
            throw .container(mount.failure(error))
        }
        do {
            // What is mounted on a copy must not appear on the host.
            try tree.setAttributes(
                set: 0, clear: 0, propagation: RootFileSystem.workingPropagation(container), recursive: true)
            if let map = mount.idMap { try apply(map, to: tree, container) }
            try tree.setAttributes(by: mount.options)
        } catch { throw .container(mount.failure(error)) }
        return tree
    }

    private static func apply(
        _ map: MountPlan.IDMap, to tree: borrowing MountTree, _ container: ContainerSpec
    ) throws {
        let namespace: Descriptor
        if map.uids.isEmpty, let joined = container.namespaces.joined.first(where: { $0.kind == .user }) {
            namespace = try Descriptor.open(joined.path, O_RDONLY)
        } else if map.uids.isEmpty {
            namespace = try IDMapNamespace.make(uids: container.linux.uidMappings, gids: container.linux.gidMappings)
        } else {
            namespace = try IDMapNamespace.make(uids: map.uids, gids: map.gids)
        }
        do throws(SystemError) {
            try tree.mapIDs(by: namespace, recursive: map.isRecursive)
        } catch {
            throw RuntimeError.other(
                "failed to set MOUNT_ATTR_IDMAP: \(SystemError.text(of: error.errno)) "
                    + "(maybe the filesystem used doesn't support idmap mounts on this kernel?)")
        }
    }
}
