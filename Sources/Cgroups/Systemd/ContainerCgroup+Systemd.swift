import Glibc
import LinuxSystem
package import OCISpec

extension ContainerCgroup {
    /// The cgroup that systemd makes for a unit. Its slices are counted from the cgroup of process 1.
    package init(host: CgroupHost, unit: SystemdUnit) throws(CgroupError) {
        guard SystemdManager.isRunning else { throw .systemd(.notRunning) }
        guard host.isUnified || !unit.isUsers else { throw .systemd(.rootlessVersionOne) }
        var top = ""
        if unit.isUsers {
            do throws(SystemdError) {
                var manager = try SystemdManager(user: true)
                top = try manager.controlGroup()
            } catch { throw .systemd(error) }
        }
        locations = try Self.locations(host, unit, top)
    }

    private static func locations(
        _ host: CgroupHost, _ unit: SystemdUnit, _ top: String
    ) throws(CgroupError) -> [Location] {
        let path = try unit.relativePath
        var first = CgroupMembership(parsing: "")
        if !unit.isUsers {
            do throws(SystemError) { first = try CgroupMembership(pid: 1) } catch { throw .system(error) }
        }
        var result: [Location] = []
        for hierarchy in host.hierarchies {
            var base = top
            if !unit.isUsers {
                let own =
                    hierarchy.version == .two
                    ? first.unified : first.groups.first { $0.controllers == hierarchy.controllers }?.path
                base = own ?? ""
                if base.hasSuffix("/init.scope") { base.removeLast("/init.scope".utf8.count) }
            }
            result.append(
                Location(
                    version: hierarchy.version, controllers: hierarchy.controllers, mountPoint: hierarchy.mountPoint,
                    path: hierarchy.directory(inHierarchy: (base == "/" ? "" : base) + path)))
        }
        return result
    }

    private var isUnifiedAlone: Bool { locations.allSatisfy { $0.version == .two } }

    // MARK: Life

    /// Has systemd make the unit with a process in it, which moves there, and makes what systemd does not: its
    /// directories in hierarchies that systemd leaves alone. On return the process is in all of them.
    package func start(
        _ unit: SystemdUnit, pid: Int32, resources: Resources?, own: [SystemdProperty]
    ) throws(CgroupError) {
        var properties = [SystemdProperty("Description", .string("libcontainer container \(unit.container)"))]
        if unit.isSlice {
            properties.append(SystemdProperty("Wants", .strings([unit.slice])))
        } else {
            properties.append(SystemdProperty("Slice", .string(unit.slice)))
            properties.append(SystemdProperty("Delegate", .boolean(true)))
        }
        properties.append(SystemdProperty("PIDs", .array(of: "u", [.uint32(UInt32(pid))])))
        let accounting = isUnifiedAlone ? "IOAccounting" : "BlockIOAccounting"
        for name in ["MemoryAccounting", "CPUAccounting", accounting, "TasksAccounting"] {
            properties.append(SystemdProperty(name, .boolean(true)))
        }
        properties.append(SystemdProperty("DefaultDependencies", .boolean(false)))
        var manager = try connect(to: unit)
        properties += try translated(resources ?? Resources(), devices: resources?.devices ?? [], &manager)
        properties += own
        do throws(SystemdError) {
            try manager.startTransient(unit.name, properties)
        } catch {
            throw .unit("unable to start unit \"\(unit.name)\"", error)
        }
        do throws(SystemError) {
            try create()
            try join(pid: pid, unifiedToo: true)
        } catch { throw .system(error) }
    }

    /// Tells systemd of changed limits; the files are for `apply` and `restrictDevices` to write.
    package func update(_ unit: SystemdUnit, _ resources: Resources) throws(CgroupError) {
        var manager = try connect(to: unit)
        let devices = resources.devices.isEmpty ? nil : resources.devices
        let properties = try translated(withPeriod(resources), devices: devices, &manager)
        guard !properties.isEmpty else { return }
        // Version 1: systemd closes all devices before it opens some, which the container must not see.
        let freezes = devices != nil && !isUnifiedAlone && (try? isFrozen()) == false
        if freezes { try setFrozen(true, deadline: .after(milliseconds: 2000)) }
        defer { if freezes { try? setFrozen(false, deadline: .after(milliseconds: 2000)) } }
        do throws(SystemdError) {
            try manager.set(properties, of: unit.name)
        } catch {
            throw .unit("unable to set unit properties", error)
        }
    }

    /// Has systemd forget a unit, whose processes have ended. Answers what went wrong that does not matter.
    package static func stop(_ unit: SystemdUnit) throws(CgroupError) -> String? {
        do throws(SystemdError) {
            var manager = try SystemdManager(user: unit.isUsers)
            let result = try manager.stop(unit.name)
            return result == "done" ? nil : "error removing unit `\(unit.name)`: got `\(result)`. Continuing..."
        } catch { throw .systemd(error) }
    }

    private func connect(to unit: SystemdUnit) throws(CgroupError) -> SystemdManager {
        do throws(SystemdError) { return try SystemdManager(user: unit.isUsers) } catch { throw .systemd(error) }
    }

    private func translated(
        _ resources: Resources, devices: [DeviceCgroup]?, _ manager: inout SystemdManager
    ) throws(CgroupError) -> [SystemdProperty] {
        var version = 0
        if SystemdResources.needVersion(resources) {
            do throws(SystemdError) { version = try manager.version() } catch { throw .systemd(error) }
        }
        var translation = SystemdResources(isUnified: isUnifiedAlone, version: version)
        try translation.add(resources)
        guard let devices else { return translation.properties }
        let majors = (try? File.readText("/proc/devices")) ?? ""
        return SystemdDevices.properties(try DeviceRule.effective(devices), majors: majors) + translation.properties
    }

    /// systemd has the quota as a share, so it needs both numbers; what is not to change is as the kernel has it.
    private func withPeriod(_ resources: Resources) -> Resources {
        guard var cpu = resources.cpu, (cpu.quota ?? 0 != 0) != (cpu.period ?? 0 != 0) else { return resources }
        var present: [String] = []
        if let location = location(of: "cpu"), let directory = try? CgroupDirectory(opening: location.path) {
            for file in ["cpu.cfs_quota_us", "cpu.cfs_period_us"] { present.append((try? directory.read(file)) ?? "") }
        } else if let unified, let text = try? CgroupDirectory(opening: unified.path).read("cpu.max") {
            present = text.split(separator: " ").map(String.init)
        }
        guard present.count == 2 else { return resources }
        if cpu.quota ?? 0 == 0 { cpu.quota = Int64(present[0]) ?? -1 } else { cpu.period = UInt64(present[1]) }
        var result = resources
        result.cpu = cpu
        return result
    }
}
