import Glibc
internal import LinuxSystem
internal import OCISpec

extension RuntimeCommand {
    static func exec(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) -> Int32 {
        var options = ExecOptions()
        var changes = ProcessChanges()
        var processFile: String?
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "-p", "--process": processFile = try arguments.value()
            case "-d", "--detach": options.detach = try arguments.isOn()
            case "--pid-file": options.pidFile = try arguments.value()
            case "--console-socket": options.consoleSocket = try arguments.value()
            case "--preserve-fds": options.preservedDescriptors = try arguments.number()
            case "--ignore-paused": options.ignoresPaused = try arguments.isOn()
            case "--cgroup": options.cgroup = try arguments.value()
            case "--no-subreaper": _ = try arguments.isOn()
            default: guard try changes.read(flag, &arguments) else { throw Arguments.unknown(flag) }
            }
        }
        let id = try arguments.required("container-id")
        changes.args = arguments.remaining()
        if let processFile {
            options.process = try doing("read the process of \(processFile)") {
                try OCIJSON.decode(Process.self, from: try File.read(processFile, limit: 16 << 20))
            }
            guard changes.args.isEmpty else { throw .usage("give a command or --process, not both") }
        } else {
            guard !changes.args.isEmpty else { throw .usage("process args cannot be empty") }
            let changes = changes
            options.changes = { process in try changes.apply(to: &process) }
        }
        InheritedDescriptors.close(preserving: options.preservedDescriptors)
        return try runtime.exec(id, options)
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
        default: return false
        }
        return true
    }

    func apply(to process: inout Process) throws(RuntimeError) {
        process.args = args
        process.terminal = terminal
        if let cwd { process.cwd = cwd }
        process.env += environment
        if let noNewPrivileges { process.noNewPrivileges = noNewPrivileges }
        if let apparmorProfile { process.apparmorProfile = apparmorProfile }
        if let user {
            let parts = user.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let uid = UInt32(parts[0]), uid != .max else { throw .usage("parsing \(user) as int for uid failed") }
            process.user.uid = uid
            if parts.count > 1 {
                guard let gid = UInt32(parts[1]), gid != .max else {
                    throw .usage("parsing \(user) as int for gid failed")
                }
                process.user.gid = gid
            }
        }
        process.user.additionalGids += additionalGids
        guard !capabilities.isEmpty else { return }
        var sets = process.capabilities ?? Capabilities()
        sets.bounding += capabilities
        sets.effective += capabilities
        sets.permitted += capabilities
        process.capabilities = sets
    }
}
