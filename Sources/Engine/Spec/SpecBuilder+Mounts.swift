import EngineAPI
import OCISpec

extension SpecBuilder {
    /// All mounts in the order to make them, and the root's propagation if a mount needs one.
    func mounts(_ input: SpecInput) throws(SpecError) -> (mounts: [OCISpec.Mount], propagation: String?) {
        let user = userMounts(input)
        let taken = Set(user.map(\.destination))
        var mounts = defaultMounts(input, without: taken)
        if let initMount = initMount(input), !taken.contains(initMount.destination) { mounts.append(initMount) }
        if input.hostConfig.readonlyRootfs {
            for place in mounts.indices where !Self.writableUnderReadOnlyRoot.contains(mounts[place].destination) {
                if !mounts[place].options.contains("ro") { mounts[place].options.append("ro") }
            }
        }
        var rootPropagation: String?
        for mount in user {
            mounts.append(try specMount(mount, dataRoot: input.dataRoot, rootPropagation: &rootPropagation))
        }
        return (mounts, rootPropagation)
    }

    private static let writableUnderReadOnlyRoot: Set = ["/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue"]

    // MARK: - What every container has

    private func defaultMounts(_ input: SpecInput, without taken: Set<String>) -> [OCISpec.Mount] {
        var mounts: [OCISpec.Mount] = []
        for mount in Self.systemMounts {
            var mount = mount
            if taken.contains(mount.destination) { continue }
            // With a /dev of one's own, what is usually below it is not wanted.
            if taken.contains("/dev") && mount.destination.hasPrefix("/dev/") { continue }
            switch mount.destination {
            case "/dev/shm":
                if input.hostConfig.ipcMode == "none" { continue }
                mount.options.append("size=\(input.hostConfig.shmSize)")
            case "/sys", "/sys/fs/cgroup":
                if input.hostConfig.privileged { mount.options.removeAll { $0 == "ro" } }
            default: break
            }
            mounts.append(mount)
        }
        return mounts
    }

    private static let systemMounts = [
        OCISpec.Mount(destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"]),
        OCISpec.Mount(
            destination: "/dev", type: "tmpfs", source: "tmpfs",
            options: ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        OCISpec.Mount(
            destination: "/dev/pts", type: "devpts", source: "devpts",
            options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
        OCISpec.Mount(
            destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"]),
        OCISpec.Mount(
            destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
            options: ["ro", "nosuid", "noexec", "nodev"]),
        OCISpec.Mount(
            destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"]),
        OCISpec.Mount(
            destination: "/dev/shm", type: "tmpfs", source: "shm",
            options: ["nosuid", "noexec", "nodev", "mode=1777"]),
    ]

    // MARK: - What this container asked for

    /// Parents before their children, otherwise as given; a later mount on the same place replaces an earlier one.
    private func userMounts(_ input: SpecInput) -> [SpecMount] {
        var mounts: [SpecMount] = []
        var places: [String: Int] = [:]
        func add(_ mount: SpecMount) {
            var mount = mount
            mount.destination = ContainerPath.clean(mount.destination)
            if let place = places[mount.destination] {
                mounts[place] = mount
            } else {
                places[mount.destination] = mounts.count
                mounts.append(mount)
            }
        }
        let files = input.files
        let readOnly = input.hostConfig.readonlyRootfs
        for (source, destination) in [
            (files.resolvConf, "/etc/resolv.conf"), (files.hostname, "/etc/hostname"), (files.hosts, "/etc/hosts"),
        ] {
            if let source {
                add(
                    SpecMount(
                        .bind(source: source, propagation: "rprivate"), destination: destination, writable: !readOnly))
            }
        }
        let ipc = NamespaceMode(input.hostConfig.ipcMode)
        if let path = input.sharedMemoryPath, ipc.isHost || ipc.sharedContainer != nil || ipc.text == "shareable" {
            add(SpecMount(.bind(source: path, propagation: "rprivate"), destination: "/dev/shm"))
        }
        input.mounts.forEach(add)
        return mounts.enumerated().sorted { left, right in
            let depths = (ContainerPath.depth(left.element.destination), ContainerPath.depth(right.element.destination))
            return depths.0 == depths.1 ? left.offset < right.offset : depths.0 < depths.1
        }.map(\.element)
    }

    private func specMount(
        _ mount: SpecMount, dataRoot: String?, rootPropagation: inout String?
    ) throws(SpecError) -> OCISpec.Mount {
        switch mount.kind {
        case .tmpfs(let options):
            return OCISpec.Mount(
                destination: mount.destination, type: "tmpfs", source: "tmpfs",
                options: try TmpfsMountOptions.merge(options))
        case .volume(let source):
            return OCISpec.Mount(
                destination: mount.destination, type: "bind", source: source, options: try bindOptions(mount))
        case .bind(let source, let wanted):
            let propagation = try BindPropagation.resolve(
                wanted, source: source, dataRoot: dataRoot, rootPropagation: &rootPropagation)
            return OCISpec.Mount(
                destination: mount.destination, type: "bind", source: source,
                options: try bindOptions(mount) + [propagation])
        }
    }

    private func bindOptions(_ mount: SpecMount) throws(SpecError) -> [String] {
        var options = [mount.nonRecursive ? "bind" : "rbind"]
        if mount.writable { return options }
        if mount.readOnlyNonRecursive && mount.readOnlyForceRecursive {
            throw .invalid("mount options conflict: ReadOnlyNonRecursive && ReadOnlyForceRecursive")
        }
        // mount_setattr(2) makes a whole tree read-only.
        let recursive = facts.kernel >= KernelVersion(5, 12)
        if mount.readOnlyForceRecursive && !recursive {
            throw .unsupported("recursive read-only mounts need kernel 5.12 or newer")
        }
        options.append(recursive && !mount.readOnlyNonRecursive ? "rro" : "ro")
        return options
    }
}
