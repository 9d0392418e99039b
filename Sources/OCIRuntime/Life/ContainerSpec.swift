import CLinux
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

    /// Reads and checks `config.json`; rlimits, capabilities and system calls are checked where they are compiled.
    ///
    /// - Parameter extraMounts: What is mounted after the bundle's own mounts.
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
        do { spec = try OCIJSON.decode(Spec.self, from: bytes) } catch {
            throw .other("read \(path): \(error)")
        }
        spec.mounts += extraMounts
        try self.init(spec, bundle: directory)
    }

    init(_ spec: Spec, bundle: String) throws(RuntimeError) {
        self.spec = spec
        self.bundle = bundle
        guard spec.ociVersion.hasPrefix("1.") else {
            throw .invalid(field: "ociVersion", problem: "\"\(spec.ociVersion)\" is not supported, use 1.x")
        }
        guard let process = spec.process else {
            throw .invalid(field: "process", problem: "process property must not be empty")
        }
        try ProcessCheck.check(process, field: "process")
        guard let root = spec.root, !root.path.isEmpty else {
            throw .invalid(field: "root.path", problem: "root must be specified")
        }
        let rootPath = root.path.hasPrefix("/") ? root.path : "\(bundle)/\(root.path)"
        do throws(SystemError) { rootfs = try File.canonicalPath(rootPath) } catch {
            let reason = SystemError.text(of: error.errno)
            throw .invalid(field: "root.path", problem: "invalid rootfs: stat \(rootPath): \(reason)")
        }
        guard rootfs != "/" else { throw .invalid(field: "root.path", problem: "must not be the host's root") }
        linux = spec.linux ?? Linux()
        namespaces = try NamespacePlan(linux)
        var mounts: [MountPlan] = []
        for (index, mount) in spec.mounts.enumerated() {
            mounts.append(try MountPlan(mount, field: "mounts[\(index)]"))
        }
        self.mounts = mounts
        try check()
    }

    private func check() throws(RuntimeError) {
        func refuse(_ condition: Bool, _ field: String, _ problem: String) throws(RuntimeError) {
            if condition { throw .invalid(field: field, problem: problem) }
        }
        let own = namespaces
        try refuse(!own.has(.mount), "linux.namespaces", "a mount namespace is required")
        if let name = spec.hostname, !name.isEmpty {
            try refuse(!own.has(.uts), "hostname", "unable to set hostname without a private UTS namespace")
        }
        if let name = spec.domainname, !name.isEmpty {
            try refuse(!own.has(.uts), "domainname", "unable to set domainname without a private UTS namespace")
        }
        try refuse(!(linux.mountLabel ?? "").isEmpty, "linux.mountLabel", "SELinux is not supported")
        try refuse(linux.intelRdt != nil, "linux.intelRdt", "Intel RDT is not supported")
        try refuse(linux.memoryPolicy != nil, "linux.memoryPolicy", "memory policies are not supported yet")
        try refuse(
            !(linux.netDevices ?? [:]).isEmpty, "linux.netDevices", "moving network devices is not supported yet")
        try refuse(
            !["", "private", "rprivate", "shared", "rshared", "slave", "rslave", "unbindable", "runbindable"]
                .contains(linux.rootfsPropagation ?? ""),
            "linux.rootfsPropagation", "\"\(linux.rootfsPropagation ?? "")\" is no mount propagation")
        for (kind, paths) in [("maskedPaths", linux.maskedPaths), ("readonlyPaths", linux.readonlyPaths)] {
            for (index, path) in paths.enumerated() {
                try refuse(!path.hasPrefix("/"), "linux.\(kind)[\(index)]", "\"\(path)\" is not absolute")
            }
        }
        for name in (linux.sysctl ?? [:]).keys { try SysctlCheck.check(name, own, hostname: spec.hostname) }
        try refuse(
            !(linux.timeOffsets ?? [:]).isEmpty && !own.isNew(.time), "linux.timeOffsets",
            "needs a new time namespace")
        for (name, _) in linux.timeOffsets ?? [:] {
            try refuse(!["monotonic", "boottime"].contains(name), "linux.timeOffsets", "\"\(name)\" is no clock")
        }
    }
}
