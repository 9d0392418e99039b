import CLinux
import Glibc
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

/// Builds a container's root file system from inside its new mount namespace: everything is put in place through
/// descriptors below the root's own, then the root is changed.
struct RootFileSystem: ~Copyable {
    let container: ContainerSpec
    let cgroup: ContainerCgroup
    /// Cgroups of others that are shown, and cannot be written.
    let foreignCgroups: ContainerCgroup
    let root: RootDirectory
    private let prepared: PreparedTrees

    /// Cuts the namespace off the host's (nothing propagates back) and puts a copy of the root's tree in its place.
    init(
        _ container: ContainerSpec, cgroup: ContainerCgroup, foreign: ContainerCgroup, prepared: PreparedTrees
    ) throws {
        // Without a namespace the runtime has done it, see HostMount.
        if container.namespaces.has(.mount) { try Self.replaceTree(container) }
        let root = try Descriptor.open(container.rootfs, Int32(LINUX_O_PATH | LINUX_O_DIRECTORY))
        self.container = container
        self.cgroup = cgroup
        foreignCgroups = foreign
        self.prepared = prepared
        self.root = RootDirectory(descriptor: root)
    }

    private static func replaceTree(_ container: ContainerSpec) throws {
        let propagation = workingPropagation(container)
        try systemCall("make the mount namespace's propagation \(propagation)", "/") {
            linux_mount_setattr(AT_FDCWD, "/", UInt32(LINUX_AT_RECURSIVE), 0, 0, propagation, 0)
        }
        let place = try Descriptor.open(container.rootfs, Int32(LINUX_O_PATH | LINUX_O_DIRECTORY))
        let tree = try MountTree(cloning: container.rootfs, recursive: true)
        if propagation == UInt64(MS_SHARED) {
            // pivot_root wants neither the root nor its parent shared.
            try tree.setAttributes(set: 0, clear: 0, propagation: UInt64(MS_PRIVATE), recursive: false)
            try makeParentPrivate(container.rootfs)
        }
        try doing("mount the root file system") { try tree.attach(to: place) }
    }

    private static func makeParentPrivate(_ path: String) throws(SystemError) {
        // MS_PRIVATE takes a mount point, so the parents are tried from the bottom up.
        var path = path
        while true {
            if linux_mount_setattr(AT_FDCWD, path, 0, 0, 0, UInt64(MS_PRIVATE), 0) == 0 { return }
            guard errno == EINVAL, path != "/" else {
                throw SystemError(operation: "make private", path: path, errno: errno)
            }
            let parent = path.pathParts.dropLast()
            path = "/" + parent.joined(separator: "/")
        }
    }

    /// The propagation while the root file system is built. What is unbindable becomes so at the end, since the root
    /// itself is copied.
    static func workingPropagation(_ container: ContainerSpec) -> UInt64 {
        let propagation = propagation(container.linux.rootfsPropagation) ?? UInt64(MS_SLAVE)
        return propagation == UInt64(MS_UNBINDABLE) ? UInt64(MS_PRIVATE) : propagation
    }

    /// The kernel's flag for `rprivate` and the like.
    static func propagation(_ name: String?) -> UInt64? {
        guard let name, let flags = MountOptions.propagation(name) else { return nil }
        return flags & ~UInt64(MS_REC)
    }

    /// All mounts, the working directory and the devices.
    func populate() throws {
        for (index, mount) in container.mounts.enumerated() {
            do { try self.mount(mount, prepared: prepared.descriptors[index] ?? -1) } catch {
                throw RuntimeError.container(mount.failure(error))
            }
        }
        let bindsDev = container.mounts.contains { mount in
            guard case .bind = mount.kind else { return false }
            return mount.destination.pathParts == ["dev"]
        }
        if !bindsDev { try makeDevices() }
        if let cwd = container.spec.process?.cwd {
            // As runc: a missing working directory is made.
            try doing("make the working directory \(cwd)") { _ = try root.makeDirectory(cwd) }
        }
    }

    /// Makes the tree the root of this process and its namespace and lets go of the old one, see pivot_root(2).
    func enter(pivot: Bool) throws {
        try systemCall("chdir", container.rootfs) { fchdir(root.descriptor.rawValue) }
        if !container.namespaces.has(.mount) {
            try systemCall("chroot", container.rootfs) { chroot(".") }
        } else if pivot {
            try systemCall("pivot_root", container.rootfs) { linux_pivot_root(".", ".") }
            // The old root lies on top of the new one now.
            try systemCall("unmount the host's root") { linux_umount2(".", Int32(MNT_DETACH)) }
        } else {
            try systemCall("move the root to /", container.rootfs) {
                linux_move_mount(root.descriptor.rawValue, "", AT_FDCWD, "/", UInt32(LINUX_MOVE_MOUNT_F_EMPTY_PATH))
            }
            try systemCall("chroot", container.rootfs) { chroot(".") }
        }
        try systemCall("chdir", "/") { chdir("/") }
    }

    /// What must come last: nothing can be made in a root that is read-only.
    func seal() throws {
        for mount in container.mounts where isFilledLater(mount) {
            try doing("remount \(mount.destination) read-only") {
                try MountTree.setAttributes(
                    try root.resolve(mount.destination), set: UInt64(LINUX_MOUNT_ATTR_RDONLY), clear: 0,
                    recursive: false)
            }
        }
        for path in container.linux.readonlyPaths { try makeReadOnly(path) }
        try mask(container.linux.maskedPaths)
        if container.spec.root?.readonly == true {
            try doing("make the root file system read-only") {
                try MountTree.setAttributes(
                    root.descriptor, set: UInt64(LINUX_MOUNT_ATTR_RDONLY), clear: 0, recursive: false)
            }
        }
        if let propagation = Self.propagation(container.linux.rootfsPropagation) {
            try systemCall("set the root's propagation") {
                linux_mount_setattr(AT_FDCWD, "/", 0, 0, 0, propagation, 0)
            }
        }
    }
}
