import CLinux
import Glibc
internal import Cgroups
internal import LinuxSystem

extension RootFileSystem {
    /// - Parameter prepared: The tree of a bind mount that the runtime has copied already; -1 without.
    func mount(_ mount: MountPlan, prepared: Int32) throws {
        switch mount.kind {
        case .bind(let recursive):
            if prepared >= 0 {
                try bind(MountTree(owning: prepared), mount)
            } else {
                let tree = try MountTree(cloning: mount.source, recursive: recursive)
                try setAttributes(mount.options, of: tree)
                try bind(tree, mount)
            }
        case .cgroup: try mountCgroups(mount)
        case .fileSystem(let type): try mountFileSystem(mount, type)
        }
    }

    private func bind(_ tree: borrowing MountTree, _ mount: MountPlan) throws {
        let isDirectory = try tree.descriptor.status().st_mode & S_IFMT == S_IFDIR
        let target = isDirectory ? try root.makeDirectory(mount.destination) : try root.makeFile(mount.destination)
        guard try (target.status().st_mode & S_IFMT == S_IFDIR) == isDirectory else {
            throw RuntimeError.container(
                "not a directory: are you trying to mount a directory onto a file (or vice-versa)? "
                    + "check that the host's path exists and is of the expected type")
        }
        try refuseInsideProc(target, mount.destination)
        try protectCgroups(in: tree, mount)
        try tree.attach(to: target)
        try setPropagation(mount.options, of: tree)
    }

    /// What is read-only for the container's user namespace stays so, whatever the options ask for, as in runc.
    private func setAttributes(_ options: MountOptions, of tree: borrowing MountTree) throws(SystemError) {
        let readOnly = UInt64(LINUX_MOUNT_ATTR_RDONLY)
        do throws(SystemError) { try tree.setAttributes(by: options) } catch {
            guard error.errno == EPERM, options.clear & readOnly != 0,
                try tree.descriptor.isReadOnlyMount()
            else { throw error }
            var options = options
            options.clear &= ~readOnly
            try tree.setAttributes(by: options)
        }
    }

    /// The host's `/sys`, which a container without a network of its own gets, has mounted in it the cgroups of the
    /// user who runs the container, and what is read-only at the top is not read-only below (CVE-2023-25809).
    private func protectCgroups(in tree: borrowing MountTree, _ mount: MountPlan) throws(SystemError) {
        guard mount.kind == .bind(recursive: true), mount.options.isReadOnly, isInOwnUserNamespace,
            try tree.descriptor.fileSystemType() == 0x6265_6572 /* SYSFS_MAGIC */
        else { return }
        try tree.setAttributes(set: UInt64(LINUX_MOUNT_ATTR_RDONLY), clear: 0, recursive: true)
    }

    private var isInOwnUserNamespace: Bool { container.namespaces.has(.user) || !foreignCgroups.locations.isEmpty }

    /// By the mount's own descriptor: its path could lead to another mount by now.
    private func setPropagation(_ options: MountOptions, of tree: borrowing MountTree) throws {
        for propagation in options.propagation {
            try tree.setAttributes(
                set: 0, clear: 0, propagation: propagation & ~UInt64(MS_REC),
                recursive: propagation & UInt64(MS_REC) != 0)
        }
    }

    private func mountFileSystem(_ mount: MountPlan, _ type: String) throws {
        var parameters = mount.options.superblockFlags
        if type == "tmpfs", let present = try root.resolveIfPresent(mount.destination) {
            // As runc, a tmpfs takes the mode of the directory it hides, unless its options have another.
            let mode = try present.status().st_mode
            parameters.append("mode=0\(mode >> 9 & 7)\(mode >> 6 & 7)\(mode >> 3 & 7)\(mode & 7)")
        }
        let target: Descriptor
        if type == "proc" || type == "sysfs" || isDev(mount) {
            target = try ordinaryDirectory(mount.destination)
        } else {
            target = try root.makeDirectory(mount.destination)
        }
        if type != "proc" { try refuseInsideProc(target, mount.destination) }
        parameters += mount.options.data
        var options = mount.options
        if isFilledLater(mount) { options.set &= ~UInt64(LINUX_MOUNT_ATTR_RDONLY) }
        let tree = try makeFileSystem(type, mount.source, parameters, options)
        if type == "tmpfs", mount.options.copiesUp {
            do throws(SystemError) { try copyUp(target, to: tree) } catch {
                throw RuntimeError.container("tmpcopyup: failed to copy \(mount.destination): \(error)")
            }
        }
        try tree.attach(to: target)
        try setPropagation(mount.options, of: tree)
    }

    private func makeFileSystem(
        _ type: String, _ source: String, _ parameters: [String], _ options: MountOptions
    ) throws -> MountTree {
        var parameters = parameters
        // SELinux has labels of its own for these.
        if let label = container.linux.mountLabel, !label.isEmpty, !["proc", "sysfs"].contains(type) {
            parameters.append("context=\(label)")
        }
        let tree = try MountTree(
            fileSystem: type, source: source, parameters: parameters,
            attributes: options.set & ~UInt64(LINUX_MOUNT_ATTR_NOSYMFOLLOW))
        try tree.setAttributes(by: options)
        return tree
    }

    private func copyUp(_ target: borrowing Descriptor, to tree: borrowing MountTree) throws(SystemError) {
        let before = umask(0)
        defer { umask(before) }
        let flags = O_RDONLY | Int32(LINUX_O_DIRECTORY)
        let source = try Descriptor.open(at: target.rawValue, ".", flags)
        try DirectoryCopy.copy(from: source, to: try Descriptor.open(at: tree.descriptor.rawValue, ".", flags))
    }

    private func isDev(_ mount: MountPlan) -> Bool { mount.destination.pathParts == ["dev"] }

    /// Whether mount points and devices may still have to be made on a mount, which becomes read-only after them.
    func isFilledLater(_ mount: MountPlan) -> Bool {
        mount.options.isReadOnly && (mount.kind == .fileSystem("tmpfs") || isDev(mount))
    }

    /// `/proc`, `/sys` and `/dev` are ordinary directories: a symbolic link of the image would move the kernel's file
    /// systems elsewhere (CVE-2023-27561, CVE-2023-28642).
    func ordinaryDirectory(_ path: String) throws(RuntimeError) -> Descriptor {
        do throws(SystemError) {
            if let directory = try root.resolveExactlyIfPresent(path, flags: LINUX_O_DIRECTORY) { return directory }
            _ = try root.makeDirectory(path)
            return try root.resolveExactly(path, flags: LINUX_O_DIRECTORY)
        } catch {
            guard error.errno == ELOOP || error.errno == ENOTDIR else { throw .system(doing: nil, error) }
            throw .container("filesystem \"\(path)\" must be mounted on ordinary directory")
        }
    }

    /// Files of `/proc` over which lxcfs and the like are mounted; anything else there would fool the checks that
    /// security settings rely on.
    private static let mountableInProc: Set<String> = [
        "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps", "/proc/uptime",
        "/proc/loadavg", "/proc/slabinfo", "/proc/net/dev", "/proc/sys/kernel/ns_last_pid",
        "/proc/sys/crypto/fips_enabled",
    ]

    private func refuseInsideProc(_ target: borrowing Descriptor, _ destination: String) throws {
        guard try target.fileSystemType() == PROC_SUPER_MAGIC else { return }
        let path = "/" + destination.pathParts.joined(separator: "/")
        guard !Self.mountableInProc.contains(path) else { return }
        throw RuntimeError.container("\"\(path)\" cannot be mounted because it is inside /proc")
    }

    // MARK: cgroups

    /// Version 1: a tmpfs with one directory for each hierarchy. The container sees its own cgroup, not the host's.
    private func mountCgroups(_ mount: MountPlan) throws {
        let target = try root.makeDirectory(mount.destination)
        if (cgroup.locations + foreignCgroups.locations).allSatisfy({ $0.version == .two }) {
            return try mountUnified(mount, over: target)
        }
        let tmpfs = try MountTree(
            fileSystem: "tmpfs", source: "tmpfs", parameters: ["mode=755"],
            attributes: UInt64(LINUX_MOUNT_ATTR_NOSUID | LINUX_MOUNT_ATTR_NODEV | LINUX_MOUNT_ATTR_NOEXEC))
        try tmpfs.attach(to: target)
        let base = tmpfs.descriptor.rawValue
        for location in cgroup.locations + foreignCgroups.locations where location.version == .one {
            let name = location.directoryName
            try systemCall("mkdir", "\(mount.destination)/\(name)") { mkdirat(base, name, 0o755) }
            let directory = try Descriptor.open(at: base, name, Int32(LINUX_O_PATH | LINUX_O_DIRECTORY))
            try bindCgroup(location, to: directory, mount.options)
            guard location.controllers.count > 1 else { continue }
            for controller in location.controllers {
                try systemCall("symlink", "\(mount.destination)/\(controller)") {
                    symlinkat(name, base, controller)
                }
            }
        }
        if mount.options.isReadOnly || !foreignCgroups.locations.isEmpty {
            try tmpfs.setAttributes(set: UInt64(LINUX_MOUNT_ATTR_RDONLY), clear: 0, recursive: false)
        }
    }

    private func mountUnified(_ mount: MountPlan, over target: borrowing Descriptor) throws {
        if let unified = cgroup.unified { return try bindCgroup(unified, to: target, mount.options) }
        guard let foreign = foreignCgroups.unified else {
            throw SystemError(operation: "mount cgroup2", errno: ENODEV)
        }
        do { try bindCgroup(foreign, to: target, mount.options) } catch let error as SystemError {
            // A cgroup above what is mounted cannot be shown; nothing is.
            guard error.errno == ENOENT else { throw error }
            try MountTree(
                fileSystem: "tmpfs", source: "tmpfs", parameters: [],
                attributes: UInt64(LINUX_MOUNT_ATTR_RDONLY), readOnly: true
            ).attach(to: target)
        }
    }

    private func bindCgroup(
        _ location: ContainerCgroup.Location, to target: borrowing Descriptor, _ options: MountOptions
    ) throws {
        let tree = try MountTree(cloning: location.path, recursive: false)
        // Nothing is ever mounted there, and a mount that depends on the host's could not be saved by a checkpoint.
        let isForeign = foreignCgroups.locations.contains(location)
        let always = LINUX_MOUNT_ATTR_NOSUID | LINUX_MOUNT_ATTR_NODEV | LINUX_MOUNT_ATTR_NOEXEC
        let set = options.set | UInt64(always | (isForeign ? LINUX_MOUNT_ATTR_RDONLY : 0))
        try tree.setAttributes(set: set, clear: options.clear & ~set, propagation: UInt64(MS_PRIVATE), recursive: false)
        try tree.attach(to: target)
    }
}
