import Glibc
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

/// A bundle's configuration, checked: what it asks for is possible and nothing of it is ignored.
struct ContainerSpec {
    let spec: Spec
    let linux: Linux
    /// The bundle's absolute path.
    let bundle: String
    /// The root file system's absolute path.
    let rootfs: String
    let namespaces: NamespacePlan
    let mounts: [MountPlan]
    let networkDevices: NetworkDevices
    /// What the user should know, though the container can be made.
    private(set) var warnings: [String] = []

    /// Reads and checks `config.json`; rlimits, capabilities and system calls are checked where they are compiled.
    ///
    /// - Parameters:
    ///   - extraMounts: What is mounted after the bundle's own mounts.
    init(bundle: String, extraMounts: [Mount] = []) throws(RuntimeError) {
        let directory: String
        do throws(SystemError) { directory = try File.canonicalPath(bundle) } catch {
            throw .system(doing: nil, SystemError(operation: "chdir", path: bundle, errno: error.errno))
        }
        let path = "\(directory)/config.json"
        let bytes: [UInt8]
        do throws(SystemError) { bytes = try File.read(path, limit: 16 << 20) } catch {
            if error.errno == ENOTDIR {
                throw .system(doing: nil, SystemError(operation: "chdir", path: bundle, errno: ENOTDIR))
            }
            guard error.errno == ENOENT else { throw .system(doing: "read the bundle", error) }
            throw .other("JSON specification file config.json not found: there is no \(path)")
        }
        var spec: Spec
        do { spec = try OCIJSON.read(Spec.self, from: bytes) } catch {
            throw .other("read \(path): \(error)")
        }
        spec.mounts += extraMounts
        try self.init(spec, bundle: directory)
    }

    init(_ spec: Spec, bundle: String) throws(RuntimeError) {
        self.spec = spec
        self.bundle = bundle
        guard spec.ociVersion.begins(with: "1.") else {
            throw .invalid(field: "ociVersion", problem: "\"\(spec.ociVersion)\" is not supported, use 1.x")
        }
        guard let process = spec.process else {
            throw .invalid(field: "process", problem: "process property must not be empty")
        }
        try ProcessCheck.check(process, field: "process")
        guard let root = spec.root, !root.path.isEmpty else {
            throw .invalid(field: "root.path", problem: "root must be specified")
        }
        let rootPath = root.path.isAbsolutePath ? root.path : "\(bundle)/\(root.path)"
        do throws(SystemError) { rootfs = try File.canonicalPath(rootPath) } catch {
            let reason = SystemError.text(of: error.errno)
            throw .invalid(field: "root.path", problem: "invalid rootfs: stat \(rootPath): \(reason)")
        }
        guard rootfs != "/" else { throw .invalid(field: "root.path", problem: "must not be the host's root") }
        linux = spec.linux ?? Linux()
        namespaces = try NamespacePlan(linux)
        var mounts: [MountPlan] = []
        for (index, mount) in spec.mounts.enumerated() {
            mounts.append(try MountPlan(mount, field: "mounts[\(index)]", bundle: bundle))
        }
        self.mounts = mounts
        networkDevices = try NetworkDevices(linux.netDevices ?? [:], namespaces: namespaces)
        try check()
        for mount in mounts where !mount.options.data.isEmpty {
            guard case .bind = mount.kind else { continue }
            // Configurations have them: the kernel ignores them, as do runc 1.1 and crun.
            warnings.append(
                "\(mount.field).options: bind mounts cannot have any filesystem-specific options applied: ignoring "
                    + mount.options.data.joined(separator: ","))
        }
        for mount in spec.mounts where !mount.destination.isAbsolutePath {
            warnings.append(
                "mount destination \(mount.destination) is not absolute. Support for non-absolute mount destinations "
                    + "will be removed in a future release.")
        }
        if let flags = linux.personality?.flags, !flags.isEmpty {
            warnings.append("ignoring unsupported personality flags: \(flags)")
        }
    }

    /// Whether the first process waits until the runtime has done something to it.
    var needsRuntimeFirst: Bool {
        namespaces.has(.user) || !networkDevices.isEmpty || linux.intelRdt.map { $0 != IntelRdt() } == true
    }

    private func checkPaths(_ paths: [String], of list: String) throws(RuntimeError) {
        for (index, path) in paths.enumerated() where !path.isAbsolutePath {
            throw .invalid(field: "linux.\(list)[\(index)]", problem: "\"\(path)\" is not absolute")
        }
    }

    private func check() throws(RuntimeError) {
        func refuse(
            _ condition: Bool, _ field: @autoclosure () -> String, _ problem: @autoclosure () -> String
        ) throws(RuntimeError) {
            if condition { throw .invalid(field: field(), problem: problem()) }
        }
        let own = namespaces
        if let name = spec.hostname, !name.isEmpty {
            try refuse(!own.has(.uts), "hostname", "unable to set hostname without a private UTS namespace")
        }
        if let name = spec.domainname, !name.isEmpty {
            try refuse(!own.has(.uts), "domainname", "unable to set domainname without a private UTS namespace")
        }
        try refuse(
            linux.rootfsPropagation.map { !$0.isEmpty && MountOptions.propagation($0) == nil } ?? false,
            "linux.rootfsPropagation", "rootfsPropagation=\(linux.rootfsPropagation ?? "") is not supported")
        for mount in mounts where mount.idMap?.uids.isEmpty == true {
            try refuse(
                !own.has(.user), "\(mount.field).options",
                "id-mapped mounts must have both uid and gid mappings specified")
        }
        for (index, device) in linux.devices.enumerated() {
            try DeviceCheck.check(device, field: "linux.devices[\(index)]")
        }
        try spec.hooks.map { hooks throws(RuntimeError) in try HookCheck.check(hooks) }
        try checkPaths(linux.maskedPaths, of: "maskedPaths")
        try checkPaths(linux.readonlyPaths, of: "readonlyPaths")
        for name in (linux.sysctl ?? [:]).keys { try SysctlCheck.check(name, own) }
        try checkTimeOffsets()
    }

    private func checkTimeOffsets() throws(RuntimeError) {
        let offsets = linux.timeOffsets ?? [:]
        guard offsets.isEmpty || namespaces.has(.time) else {
            throw .invalid(
                field: "linux.timeOffsets",
                problem: "time namespace offsets specified, but time namespace isn't enabled in the config")
        }
        guard offsets.isEmpty || namespaces.isNew(.time) else {
            throw .invalid(field: "linux.timeOffsets", problem: "a joined time namespace has its offsets already")
        }
        for (name, offset) in offsets {
            guard ["monotonic", "boottime"].contains(name) else {
                throw .invalid(field: "linux.timeOffsets", problem: "\"\(name)\" is no clock")
            }
            guard offset.nanosecs ?? 0 < 1_000_000_000 else {
                throw .invalid(
                    field: "linux.timeOffsets.\(name).nanosecs", problem: "\(offset.nanosecs ?? 0) is a second or more")
            }
        }
    }
}
