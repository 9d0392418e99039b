import CLinux
import Glibc
internal import Cgroups
internal import LinuxSystem
internal import OCISpec
internal import Seccomp

extension ContainerRuntime {
    /// Runs another program in a running or created container: with its namespaces, cgroups and system call filter.
    ///
    /// In the foreground the caller's signals are passed on to the program, and all are blocked in the caller from
    /// then on.
    ///
    /// - Throws: `.state` where the container has stopped, or is paused and `ExecOptions.ignoresPaused` is not set.
    /// - Returns: The program's exit code, 128 plus the signal's number where one killed it; 0 when detached.
    public func exec(_ id: String, _ options: ExecOptions) throws(RuntimeError) -> Int32 {
        let directory = try StateDirectory(root: root, id: id)
        let record = try directory.load()
        switch directory.status(of: record) {
        case .running, .created: break
        case .paused where options.ignoresPaused: break
        case .paused:
            throw .state(id: id, problem: "cannot exec in a paused container (use --ignore-paused to override)")
        case .stopped, .creating: throw .state(id: id, problem: "cannot exec in a stopped container")
        }
        let setup = try execSetup(record, directory, options)
        let joining = JoiningProcess(record: record, setup: setup, cgroups: options.cgroups)
        let hasTerminal = setup.process.terminal
        guard !hasTerminal || options.consoleSocket != nil || !options.detach else {
            throw .other("cannot allocate tty if runc will detach without setting console socket")
        }
        if let path = options.consoleSocket {
            guard hasTerminal else { throw .other("cannot use console socket if runc will not detach or allocate tty") }
            let socket = try Console.connect(path)
            if options.detach {
                _ = try spawn(joining, options, consoleSocket: socket.rawValue)
                return 0
            }
            let foreground = try Foreground(hasTerminal: false)
            return try foreground.wait(for: try spawn(joining, options, consoleSocket: socket.rawValue)).shellCode
        }
        if options.detach {
            _ = try spawn(joining, options, consoleSocket: -1)
            return 0
        }
        let foreground = try Foreground(hasTerminal: hasTerminal)
        let process = try spawn(joining, options, consoleSocket: foreground.terminalSocket)
        return try foreground.wait(for: process).shellCode
    }

    private func spawn(
        _ joining: JoiningProcess, _ options: ExecOptions, consoleSocket: Int32
    ) throws(RuntimeError) -> ProcessDescriptor {
        let pidfdSocket = try PidfdSocket.connect(options.pidfdSocket)
        defer { if pidfdSocket >= 0 { close(pidfdSocket) } }
        let process = try joining.spawn(consoleSocket: consoleSocket, pidFile: options.pidFile)
        do throws(RuntimeError) {
            try PidfdSocket.send(process.descriptor.rawValue, over: pidfdSocket)
        } catch {
            try? process.send(signal: SIGKILL)
            _ = try? process.wait()
            throw error
        }
        return process
    }

    private func execSetup(
        _ record: ContainerRecord, _ directory: StateDirectory, _ options: ExecOptions
    ) throws(RuntimeError) -> ProcessSetup {
        var process: Process
        if let own = options.process {
            process = own
        } else {
            guard let base = record.process else { throw .other("the container has no process to take over") }
            process = base
            process.terminal = false
        }
        if let changes = options.changes { try doing("read the exec options") { try changes(&process) } }
        var filter: SeccompFilter?
        if let flags = record.seccompFlags {
            filter = SeccompFilter(
                program: try doing("read the seccomp filter") { try File.read(directory.filterPath) }, flags: flags)
        }
        var setup = try ProcessSetup(
            process, filter: filter, personality: record.personality, memoryPolicy: record.memoryPolicy,
            preservedDescriptors: options.preservedDescriptors, newSessionKeyring: false)
        try setup.settleCapabilities(inUserNamespace: record.namespaces.contains("user"), log: log)
        return setup
    }
}
