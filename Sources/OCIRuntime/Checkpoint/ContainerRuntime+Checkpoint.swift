import Glibc
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

extension ContainerRuntime {
    /// Saves the processes of a running or paused container as images of CRIU. The container is removed then, unless
    /// `CheckpointOptions.leavesRunning` or `isPreDump` is set; after a failure it runs on.
    ///
    /// - Throws: `.state` where it is not running; what CRIU says, with the path of its log.
    public func checkpoint(_ id: String, _ options: CheckpointOptions) throws(RuntimeError) {
        let directory = try StateDirectory(root: root, id: id)
        let record = try directory.load()
        let status = directory.status(of: record)
        guard status == .running || status == .paused else {
            throw .state(id: id, problem: "Container cannot be checkpointed in \(status.rawValue) state")
        }
        try Checkpoint(record, directory, options, log: log).run()
        // CRIU has killed the processes.
        if !options.leavesRunning, !options.isPreDump { try delete(record, directory, force: true) }
    }

    /// Brings the saved processes of a container back, as a new container with the configuration of the bundle.
    ///
    /// In the foreground the caller's signals are passed on to the first process, and the container is removed when it
    /// has ended.
    ///
    /// - Returns: The first process's exit code, 128 plus the signal's number where one killed it; 0 when detached.
    /// - Throws: As `run`; what CRIU says, with the path of its log.
    public func restore(_ id: String, _ options: RestoreOptions, detach: Bool) throws(RuntimeError) -> Int32 {
        var creation = try Creation(id: id, root: root, options: options.creation, log: log, rootless: rootless)
        if detach {
            let result = try creation.restore(options)
            try runPoststart(afterRestoring: result)
            return 0
        }
        let foreground = try Foreground(
            hasTerminal: creation.setup.process.terminal && options.creation.consoleSocket == nil,
            reapsOrphans: options.creation.reapsOrphans)
        let result = try creation.restore(options, terminalSocket: foreground.terminalSocket)
        try runPoststart(afterRestoring: result)
        let status = try foreground.wait(for: result.process, pid: result.pid)
        guard File.exists(creation.directory.recordPath) else { throw .noSuchContainer(id: id) }
        try delete(result.record, creation.directory, force: true)
        return status.shellCode
    }

    private func runPoststart(afterRestoring result: borrowing Creation.Result) throws(RuntimeError) {
        do throws(RuntimeError) { try runPoststart(result.record, pid: result.pid) } catch {
            try delete(result.record.id, force: true)
            throw error
        }
    }
}

extension Creation {
    /// Makes the container as `run` does, but its processes come from images.
    mutating func restore(
        _ options: RestoreOptions, terminalSocket: Int32 = -1
    ) throws(RuntimeError) -> Result {
        try checkTerminal(terminalSocket: terminalSocket)
        guard container.namespaces.has(.mount) else {
            throw .invalid(field: "linux.namespaces", problem: "CRIU restores no container without a mount namespace")
        }
        try CgroupPlace.refuseOccupied(record.cgroup)
        try directory.make()
        var child: Int32 = -1
        do throws(RuntimeError) {
            let pid = try restore(options, terminalSocket, &child)
            return Result(process: ProcessDescriptor(owning: child), pid: pid, record: record, notifySocket: nil)
        } catch {
            undo(child)
            throw error
        }
    }

    private mutating func restore(
        _ options: RestoreOptions, _ terminalSocket: Int32, _ child: inout Int32
    ) throws(RuntimeError) -> Int32 {
        _ = try makeNotifySocket(listens: false)
        try saveRecord()
        guard let unit = record.systemd else {
            try makeCgroups()
            return try restoreProcesses(options, terminalSocket, &child)
        }
        // CRIU's process enters the scope by itself, which until then must not be empty.
        let keeper: WaitingProcess
        do throws(SystemError) { keeper = try WaitingProcess() } catch { throw .system(doing: "keep the scope", error) }
        do throws(RuntimeError) {
            try makeUnit(unit, pid: keeper.pid)
            let pid = try restoreProcesses(options, terminalSocket, &child)
            keeper.end()
            return pid
        } catch {
            keeper.end()
            throw error
        }
    }

    private mutating func restoreProcesses(
        _ options: RestoreOptions, _ terminalSocket: Int32, _ child: inout Int32
    ) throws(RuntimeError) -> Int32 {
        var socket = terminalSocket
        if let path = self.options.consoleSocket { socket = try Console.connect(path).release() }
        defer { if socket >= 0, socket != terminalSocket { close(socket) } }
        let pid = try Restoration(self, options).run(consoleSocket: socket, child: &child) {
            (pid) throws(RuntimeError) in
            record.pid = pid
            record.startTime = ProcessStatus(pid: pid)?.startTime ?? 0
            try record.resourceControl?.join(pid: pid)
            try directory.save(record)
        }
        try writePidFile(pid)
        return pid
    }
}
