import Glibc
internal import LinuxSystem
internal import OCISpec

extension RuntimeCommand {
    static func exec(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) -> Int32 {
        var options = ExecOptions()
        var changes = ProcessChanges()
        var processFile: String?
        var cgroups: [String] = []
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "-p", "--process": processFile = try arguments.value()
            case "-d", "--detach": options.detach = try arguments.isOn()
            case "--pid-file": options.pidFile = try arguments.value()
            case "--console-socket": options.consoleSocket = try arguments.value()
            case "--pidfd-socket": options.pidfdSocket = try arguments.value()
            case "--preserve-fds": options.preservedDescriptors = max(0, try arguments.number())
            case "--ignore-paused": options.ignoresPaused = try arguments.isOn()
            case "--cgroup": cgroups.append(try arguments.value())
            case "--no-subreaper": _ = try arguments.isOn()
            default: guard try changes.read(flag, &arguments) else { throw Arguments.unknown(flag) }
            }
        }
        let id = try arguments.required("container-id")
        changes.args = arguments.remaining()
        options.cgroups = try SubCgroups.parse(cgroups)
        // Looked at once the container is known to run: that it does not is the first thing to say.
        if let processFile {
            options.changes = { process in process = try read(processFile) }
        } else {
            let changes = changes
            options.changes = { process in try changes.apply(to: &process) }
        }
        try InheritedDescriptors.keep(0, preserved: options.preservedDescriptors)
        return try runtime.exec(id, options)
    }

    private static func read(_ path: String) throws(RuntimeError) -> Process {
        let bytes: [UInt8]
        do throws(SystemError) { bytes = try File.read(path, limit: 16 << 20) } catch {
            throw .system(doing: "read --process", error)
        }
        do { return try OCIJSON.read(Process.self, from: bytes) } catch {
            throw .other("read --process \(path): \(error)")
        }
    }
}

/// The values of `--cgroup`: a path below the container's cgroup, or one for each of some controllers.
package enum SubCgroups {
    /// Paths by controller; that of the empty name is for all.
    package static func parse(_ values: [String]) throws(RuntimeError) -> [String: String] {
        var result: [String: String] = [:]
        for value in values {
            let parts = value.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map { String($0) }
            guard parts.count <= 2 else { throw .other("invalid --cgroup argument: \(value)") }
            guard parts.count == 2 else {
                guard values.count == 1 else {
                    throw .other("invalid --cgroup argument: \(value) (missing <controller>: prefix)")
                }
                return ["": value]
            }
            for controller in parts[0].split(separator: ",", omittingEmptySubsequences: false).map({ String($0) }) {
                guard !controller.isEmpty else {
                    throw .other("invalid --cgroup argument: \(value) (empty <controller> prefix)")
                }
                guard result.updateValue(parts[1], forKey: controller) == nil else {
                    throw .other("invalid --cgroup argument(s): controller \(controller) specified multiple times")
                }
            }
        }
        return result
    }
}

/// What the flags of `exec` change of the container's own process.
private struct ProcessChanges: Sendable {
    var args: [String] = []
    private var terminal = false
    private var cwd: String?
    private var environment: [String] = []
    private var user: String?
    private var additionalGids: [UInt32] = []
    private var capabilities: [String] = []
    private var noNewPrivileges: Bool?
    private var apparmorProfile: String?
    private var selinuxLabel: String?

    mutating func read(_ flag: String, _ arguments: inout Arguments) throws(RuntimeError) -> Bool {
        switch flag {
        case "-t", "--tty": terminal = try arguments.isOn()
        case "--cwd": cwd = try arguments.value()
        case "-e", "--env": environment.append(try arguments.value())
        case "-u", "--user": user = try arguments.value()
        case "-g", "--additional-gids": additionalGids.append(try arguments.number())
        case "-c", "--cap": capabilities.append(try arguments.value())
        case "--no-new-privs": noNewPrivileges = try arguments.isOn()
        case "--apparmor": apparmorProfile = try arguments.value()
        case "--process-label": selinuxLabel = try arguments.value()
        default: return false
        }
        return true
    }

    func apply(to process: inout Process) throws(RuntimeError) {
        guard !args.isEmpty else { throw .other("process args cannot be empty") }
        process.args = args
        process.terminal = terminal
        if let cwd, !cwd.isEmpty { process.cwd = cwd }
        process.env += environment
        if let noNewPrivileges { process.noNewPrivileges = noNewPrivileges }
        if let apparmorProfile { process.apparmorProfile = apparmorProfile }
        if let selinuxLabel { process.selinuxLabel = selinuxLabel }
        if let user, !user.isEmpty {
            let parts = user.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            process.user.uid = try Self.id(parts[0], "uid")
            if parts.count > 1 { process.user.gid = try Self.id(parts[1], "gid") }
        }
        process.user.additionalGids += additionalGids
        guard !capabilities.isEmpty else { return }
        var sets = process.capabilities ?? Capabilities()
        sets.bounding += capabilities
        sets.effective += capabilities
        sets.permitted += capabilities
        process.capabilities = sets
    }

    private static func id(_ text: Substring, _ kind: String) throws(RuntimeError) -> UInt32 {
        guard let id = UInt32(text), id != .max else {
            throw .other("bad \(kind): parsing \(text) as int for \(kind) failed: invalid syntax")
        }
        return id
    }
}
