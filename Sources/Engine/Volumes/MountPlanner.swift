package import EngineAPI

/// Reads what mounts a container is to have: `-v`, `--mount`, `--tmpfs` and the image's volumes.
package struct MountPlanner: Sendable {
    package init() {}

    package func plan(config: ContainerConfig, hostConfig: HostConfig) throws(EngineError) -> [MountRecord] {
        var mounts: [MountRecord] = []
        for bind in hostConfig.binds ?? [] { try Self.add(try parse(bind: bind), to: &mounts) }
        for mount in hostConfig.mounts ?? [] { try Self.add(try parse(mount), to: &mounts) }
        for (destination, options) in (hostConfig.tmpfs ?? [:]).sorted(by: { $0.key < $1.key }) {
            var mount = MountRecord(.tmpfs, source: "", destination: ContainerPath.clean(destination))
            mount.tmpfsOptions = options
            try Self.add(mount, to: &mounts)
        }
        for destination in (config.volumes ?? [:]).keys.sorted() {
            let path = try Self.destination(destination, spec: destination)
            guard !mounts.contains(where: { $0.destination == path }) else { continue }
            var mount = MountRecord(.volume, source: "", destination: path)
            mount.isAnonymous = true
            mount.driver = "local"
            mount.copiesImageContent = true
            mounts.append(mount)
        }
        return mounts
    }

    private static func add(_ mount: MountRecord, to mounts: inout [MountRecord]) throws(EngineError) {
        guard !mounts.contains(where: { $0.destination == mount.destination }) else {
            throw EngineError(.invalidParameter, "Duplicate mount point: \(mount.destination)")
        }
        mounts.append(mount)
    }

    // MARK: -v

    private func parse(bind text: String) throws(EngineError) -> MountRecord {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard !parts.contains(""), (1...3).contains(parts.count) else {
            throw EngineError(.invalidParameter, "invalid volume specification: '\(text)'")
        }
        let destination = try Self.destination(parts.count == 1 ? parts[0] : parts[1], spec: text)
        var mount: MountRecord
        if parts.count == 1 {
            mount = MountRecord(.volume, source: "", destination: destination)
            mount.isAnonymous = true
        } else if parts[0].hasPrefix("/") {
            mount = MountRecord(.bind, source: ContainerPath.clean(parts[0]), destination: destination)
            mount.createsSource = true
        } else {
            try VolumeService.check(parts[0])
            mount = MountRecord(.volume, source: "", destination: destination)
            mount.name = parts[0]
        }
        if mount.kind == .volume {
            mount.driver = "local"
            mount.copiesImageContent = true
        }
        if parts.count == 3 { try apply(mode: parts[2], to: &mount, spec: text) }
        if mount.kind == .bind, mount.propagation.isEmpty { mount.propagation = "rprivate" }
        if mount.kind == .volume, mount.mode.isEmpty { mount.mode = "z" }
        return mount
    }

    private func apply(mode: String, to mount: inout MountRecord, spec: String) throws(EngineError) {
        mount.mode = mode
        for word in mode.split(separator: ",") {
            switch word {
            case "rw": mount.writable = true
            case "ro": mount.writable = false
            case "z", "Z", "consistent", "cached", "delegated": continue
            case "nocopy" where mount.kind == .volume: mount.copiesImageContent = false
            case "private", "rprivate", "shared", "rshared", "slave", "rslave":
                guard mount.kind == .bind else {
                    throw EngineError(.invalidParameter, "invalid volume specification: '\(spec)'")
                }
                mount.propagation = String(word)
            default:
                throw EngineError(.invalidParameter, "invalid mode: \(mode)")
            }
        }
    }

    // MARK: --mount

    private func parse(_ mount: ContainerMount) throws(EngineError) -> MountRecord {
        let target = mount.target ?? ""
        guard !target.isEmpty else {
            throw EngineError(
                .invalidParameter,
                "invalid mount config for type \"\(mount.type ?? "")\": field Target must not be empty")
        }
        let destination = try Self.destination(target, spec: target)
        switch mount.type {
        case "bind": return try bind(mount, at: destination)
        case "volume": return try volume(mount, at: destination)
        case "tmpfs":
            guard (mount.source ?? "").isEmpty else {
                throw Self.invalid(mount, "field Source must not be specified")
            }
            var record = MountRecord(.tmpfs, source: "", destination: destination)
            if case .tmpfs(let options) = SpecMount.tmpfs(mount).kind { record.tmpfsOptions = options }
            record.writable = mount.readOnly != true
            return record
        default:
            throw EngineError(.invalidParameter, "mount type unknown: \"\(mount.type ?? "")\"")
        }
    }

    private func bind(_ mount: ContainerMount, at destination: String) throws(EngineError) -> MountRecord {
        guard let source = mount.source, !source.isEmpty else {
            throw Self.invalid(mount, "field Source must not be empty")
        }
        guard source.hasPrefix("/") else {
            throw Self.invalid(mount, "invalid mount path: '\(source)' mount path must be absolute")
        }
        var record = MountRecord(.bind, source: ContainerPath.clean(source), destination: destination)
        record.writable = mount.readOnly != true
        record.propagation = mount.bindOptions?.propagation ?? "rprivate"
        if record.propagation.isEmpty { record.propagation = "rprivate" }
        record.createsSource = mount.bindOptions?.createMountpoint == true
        record.nonRecursive = mount.bindOptions?.nonRecursive == true
        record.readOnlyNonRecursive = mount.bindOptions?.readOnlyNonRecursive == true
        record.readOnlyForceRecursive = mount.bindOptions?.readOnlyForceRecursive == true
        return record
    }

    private func volume(_ mount: ContainerMount, at destination: String) throws(EngineError) -> MountRecord {
        if let driver = mount.volumeOptions?.driverConfig?.name, !driver.isEmpty, driver != "local" {
            throw EngineError(
                .notFound, "error looking up volume plugin \(driver): plugin \"\(driver)\" not found")
        }
        guard (mount.volumeOptions?.subpath ?? "").isEmpty else {
            throw Self.invalid(mount, "VolumeOptions.Subpath is not supported")
        }
        let name = mount.source ?? ""
        if !name.isEmpty { try VolumeService.check(name) }
        var record = MountRecord(.volume, source: "", destination: destination)
        record.name = name.isEmpty ? nil : name
        record.isAnonymous = name.isEmpty
        record.driver = "local"
        record.mode = "z"
        record.writable = mount.readOnly != true
        record.copiesImageContent = mount.volumeOptions?.noCopy != true
        return record
    }

    private static func invalid(_ mount: ContainerMount, _ reason: String) -> EngineError {
        EngineError(.invalidParameter, "invalid mount config for type \"\(mount.type ?? "")\": \(reason)")
    }

    private static func destination(_ text: String, spec: String) throws(EngineError) -> String {
        guard text.hasPrefix("/") else {
            throw EngineError(
                .invalidParameter,
                "invalid volume specification: '\(spec)': invalid mount config for type \"volume\": "
                    + "invalid mount path: '\(text)' mount path must be absolute")
        }
        // `..` may stand in an image's VOLUME; it must not lead anywhere.
        guard !text.split(separator: "/").contains("..") else {
            throw EngineError(.invalidParameter, "invalid volume specification: '\(spec)': `..` is not allowed")
        }
        let path = ContainerPath.clean(text)
        guard path != "/" else {
            throw EngineError(
                .invalidParameter,
                "invalid volume specification: '\(spec)': invalid specification: "
                    + "destination can't be '/'")
        }
        return path
    }
}
