import Glibc
package import LinuxSystem
package import OCISpec

/// A container's group in the file system resctrl: shares of the processor's cache and memory bandwidth (Intel RDT,
/// Documentation/filesystems/resctrl.rst).
package struct ResourceControlGroup: Codable, Equatable {
    /// The group's directory.
    package var path: String
    /// Whether the runtime makes and removes the directory: one with a name of its own is somebody else's to remove.
    package var isOwn: Bool
    /// The monitoring group in it.
    package var monitoringPath: String?

    /// What a kernel offers: the file system's mount point, and what it controls.
    package struct Host: Equatable {
        package var root: String?

        package init(root: String? = nil) { self.root = root }

        var controlsCache: Bool { has("info/L3/cbm_mask") || has("info/L3CODE") }
        var controlsBandwidth: Bool { has("info/MB") }

        private func has(_ path: String) -> Bool { root.map { File.exists("\($0)/\(path)") } ?? false }

        /// The running kernel.
        static func current() -> Host {
            guard let table = try? File.readText("/proc/self/mountinfo") else { return Host() }
            return Host(root: root(mountTable: table))
        }

        /// The place of resctrl in a table of mounts, see proc_pid_mountinfo(5).
        package static func root(mountTable: String) -> String? {
            for line in mountTable.split(separator: "\n") {
                let fields = line.split(separator: " ")
                guard let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count, fields.count > 4,
                    fields[dash + 1] == "resctrl"
                else { continue }
                return String(fields[4])
            }
            return nil
        }
    }

    /// The group of a configuration; `nil` where it asks for nothing.
    package init?(_ settings: IntelRdt?, id: String, host: @autoclosure () -> Host) throws(RuntimeError) {
        guard let settings, settings != IntelRdt() else { return nil }
        func refuse(_ field: String, _ problem: String) -> RuntimeError {
            .invalid(field: "linux.intelRdt\(field)", problem: problem)
        }
        let name = settings.closID ?? ""
        guard name != ".", name != "..", !name.contains("/") else {
            throw refuse(".closID", "invalid intelRdt.ClosID \"\(name)\"")
        }
        let host = host()
        if settings.l3CacheSchema?.isEmpty == false, !host.controlsCache {
            throw refuse(
                ".l3CacheSchema",
                "intelRdt.l3CacheSchema is specified in config, but Intel RDT/CAT is not enabled")
        }
        if settings.memBwSchema?.isEmpty == false, !host.controlsBandwidth {
            throw refuse(
                ".memBwSchema", "intelRdt.memBwSchema is specified in config, but Intel RDT/MBA is not enabled")
        }
        guard let root = host.root else {
            throw refuse("", "intelRdt is specified in config, but Intel RDT is not enabled")
        }
        isOwn = name.isEmpty
        path = "\(root)/\(name.isEmpty ? id : name)"
        let monitors = [settings.enableMonitoring, settings.enableCMT, settings.enableMBM].contains(true)
        monitoringPath = monitors ? "\(path)/mon_groups/\(id)" : nil
    }

    /// The lines for the file `schemata`.
    package static func schemata(_ settings: IntelRdt) -> String {
        ([settings.l3CacheSchema ?? "", settings.memBwSchema ?? ""] + settings.schemata).filter { !$0.isEmpty }
            .map { "\($0)\n" }.joined()
    }

    /// Makes the directories and writes the shares.
    package func make(_ settings: IntelRdt) throws(RuntimeError) {
        let lines = Self.schemata(settings)
        do throws(SystemError) {
            if !isOwn, lines.isEmpty, !File.exists(path) {
                throw SystemError(
                    operation: "clos dir not accessible (must be pre-created when no schema is given)", path: path,
                    errno: ENOENT)
            }
            if !File.exists(path) { try File.makeDirectory(path) }
            if !lines.isEmpty { try File.write(lines, to: "\(path)/schemata") }
            if let monitoringPath, !File.exists(monitoringPath) { try File.makeDirectory(monitoringPath) }
        } catch { throw explained(error) }
    }

    /// Moves a process in.
    package func join(pid: Int32) throws(RuntimeError) {
        do throws(SystemError) {
            try File.write("\(pid)", to: "\(path)/tasks")
            if let monitoringPath { try File.write("\(pid)", to: "\(monitoringPath)/tasks") }
        } catch { throw explained(error) }
    }

    package func remove() throws(SystemError) {
        if let monitoringPath { try File.removeDirectory(monitoringPath, missingIsFine: true) }
        if isOwn { try File.removeDirectory(path, missingIsFine: true) }
    }

    /// The kernel says in a file what was wrong with the last command.
    private func explained(_ error: SystemError) -> RuntimeError {
        let root = path.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        let words = (try? File.readText("\(root)/info/last_cmd_status")) ?? ""
        let line = words.split(separator: "\n").first.map { ", last_cmd_status: \($0)" } ?? ""
        return .other("linux.intelRdt: \(error)\(line)")
    }
}
