import Glibc
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

/// An OCI runtime: makes containers of bundles and acts on them (runtime-spec, runtime.md).
///
/// For programs that embed it: every function is synchronous and is to be called in a program of one thread, since
/// some namespaces refuse others and processes are made by fork; a program with threads spawns `skiff-runtime`
/// instead. `create`, `run` and `exec` make children of the caller, who reaps those that outlive the call. What a
/// container is stands in its state directory alone, so that any process with the same root may go on with it. All
/// functions throw `RuntimeError`: `.noSuchContainer` for an id that is none, `.state` where the container is in a
/// state in which the call makes no sense, `.invalid` with the field of a wrong configuration, `.program` where the
/// program cannot be run; a call that fails leaves nothing behind.
///
///     let runtime = ContainerRuntime(root: "/run/example")
///     try runtime.create("box", CreationOptions(bundle: "/srv/box"))
///     try runtime.start("box")
///     try runtime.kill("box", signal: SIGTERM)
///     try runtime.delete("box", force: true)
public struct ContainerRuntime: Sendable {
    /// The directory that holds one directory for each container.
    public let root: String
    let log: RuntimeLog
    let rootless: RootlessMode

    /// - Parameters:
    ///   - root: Where containers are recorded; made at need. A tmpfs, since no container outlives a reboot.
    ///   - rootless: Whether containers may do without cgroups that the caller has no rights to.
    public init(root: String, log: RuntimeLog = RuntimeLog(), rootless: RootlessMode = .automatic) {
        self.root = root
        self.log = log
        self.rootless = rootless
    }

    /// Makes a container whose program waits for `start`.
    ///
    /// The container's standard streams are the caller's, unless its process has a terminal, which goes to
    /// `CreationOptions.consoleSocket`.
    ///
    /// - Returns: The first process's id, a child of the caller.
    /// - Throws: `RuntimeError.containerExists`; `.invalid` where the bundle asks for what cannot be; `.program`,
    ///   `.container` and `.hook` for what fails inside; `.system` for the rest.
    @discardableResult
    public func create(_ id: String, _ options: CreationOptions) throws(RuntimeError) -> Int32 {
        var creation = try Creation(id: id, root: root, options: options, log: log, rootless: rootless)
        return try creation.run(startsAtOnce: false).pid
    }

    /// Lets the program of a created container run; poststart hooks have run on return.
    ///
    /// - Parameter notifySocket: The service manager's socket, see `CreationOptions.notifySocket`: where the container
    ///   was created with one, `start` returns when the container says that it is ready, or has ended.
    /// - Throws: `RuntimeError.noSuchContainer`; `.state` where it is not in the state created.
    public func start(_ id: String, notifySocket: String? = nil) throws(RuntimeError) {
        let directory = try StateDirectory(root: root, id: id)
        let record = try directory.load()
        switch directory.status(of: record) {
        case .created: break
        case .stopped: throw .state(id: id, problem: "cannot start a container that has stopped")
        case .running: throw .state(id: id, problem: "cannot start an already running container")
        case let other: throw .state(id: id, problem: "cannot start a container in the \(other.rawValue) state")
        }
        let relay = try NotifySocket.listening(in: directory, host: notifySocket)
        do throws(SystemError) {
            // Only a waiting process has the fifo open for reading, so the open fails for anything else.
            let fifo = try Descriptor.open(directory.fifoPath, O_WRONLY | O_NONBLOCK)
            try fifo.write(once: "0")
            try File.remove(directory.fifoPath, missingIsFine: true)
        } catch {
            guard error.errno == ENXIO || error.errno == ENOENT else { throw .system(doing: "start", error) }
            throw .state(id: id, problem: "cannot start a container that has stopped")
        }
        try runPoststart(record, pid: record.pid)
        try relay?.awaitReadiness(of: record)
    }

    /// A poststart hook that fails ends the container (runtime.md, lifecycle; runc does so too).
    func runPoststart(_ record: ContainerRecord, pid: Int32) throws(RuntimeError) {
        if record.poststart.isEmpty { return }
        do throws(RuntimeError) {
            try HookRunner(state: record.state(.running, pid: pid)).run(record.poststart, point: "poststart")
        } catch {
            do throws(RuntimeError) { try kill(record.id, signal: SIGKILL) } catch let problem {
                log.warn("end the container after a hook failed: \(problem)")
            }
            throw error
        }
    }

    /// Sends a signal to the container's first process, or to every process.
    ///
    /// - Parameters:
    ///   - signal: A number, see signal(7); 0 only tries whether one could be sent.
    ///   - all: Whether every process of the container gets it, also in one that has stopped.
    /// - Throws: `.state` where the container has stopped or there is no such signal.
    public func kill(_ id: String, signal: Int32, all: Bool = false) throws(RuntimeError) {
        let directory = try StateDirectory(root: root, id: id)
        let record = try directory.load()
        let status = directory.status(of: record)
        if all || (signal == SIGKILL && !record.namespaces.contains("pid")) {
            guard !all || !record.cgroups.isEmpty else {
                throw .state(id: id, problem: "unable to signal all processes: cgroups not configured for container")
            }
            try doing("signal all processes") { try record.cgroup.signalAll(signal) }
            if all { return }
        }
        guard status != .stopped else { throw .state(id: id, problem: "container not running") }
        do throws(SystemError) {
            let process = try ProcessDescriptor(pid: record.pid)
            guard ProcessStatus(pid: record.pid)?.startTime == record.startTime else {
                throw SystemError(operation: "kill", errno: ESRCH)
            }
            try process.send(signal: signal)
        } catch {
            guard error.errno == ESRCH else {
                throw .state(id: id, problem: "unable to signal init: \(SystemError.text(of: error.errno))")
            }
            throw .state(id: id, problem: "container not running")
        }
        // A frozen process cannot die.
        if signal == SIGKILL, status == .paused {
            try doing("resume container \(id)") {
                try record.cgroup.setFrozen(false, deadline: .after(milliseconds: 2000))
            }
        }
    }

    /// Removes a stopped or created container, or with `force` any: cgroups, state, and whatever still runs in it.
    /// poststop hooks have run on return; that one fails is only logged.
    ///
    /// - Throws: `.state` where it runs and is not to be forced; with `force` an id that is none is no error.
    public func delete(_ id: String, force: Bool = false) throws(RuntimeError) {
        let directory = try StateDirectory(root: root, id: id)
        let found: ContainerRecord?
        do throws(RuntimeError) { found = try directory.loadIfPresent() } catch {
            if force, case .noSuchContainer = error { return }
            throw error
        }
        // Without a record nothing was made yet but the directory.
        guard let record = found else { return try directory.remove() }
        try delete(record, directory, force: force)
    }

    func delete(_ record: ContainerRecord, _ directory: StateDirectory, force: Bool) throws(RuntimeError) {
        let status = directory.status(of: record)
        if status != .stopped, !force, status != .created {
            throw .state(
                id: record.id, problem: "cannot delete container \(record.id) that is not stopped: \(status.rawValue)")
        }
        let deadline = Deadline.after(milliseconds: 10_000)
        try doing("delete container \(record.id)") {
            // Most often everything has ended with the first process.
            let isEmpty = status == .stopped && record.systemd == nil && record.cgroup.removeIfEmpty()
            if !isEmpty {
                try record.cgroup.signalAll(SIGKILL)
                if status != .stopped, record.pid > 0 { try Self.end(record, deadline) }
                try record.removeCgroup(deadline: deadline, log)
            }
            try record.resourceControl?.remove()
            try record.hostMount?.remove()
        }
        try directory.remove()
        if record.poststop.isEmpty { return }
        let runner = HookRunner(state: record.state(.stopped, pid: 0))
        runner.runForgiving(record.poststop, point: "poststop", log: log)
    }

    /// Kills the first process, which may be in no cgroup that can be listed, and waits for its end.
    private static func end(_ record: ContainerRecord, _ deadline: Deadline) throws(RuntimeError) {
        do throws(SystemError) {
            let process = try ProcessDescriptor(pid: record.pid)
            guard ProcessStatus(pid: record.pid)?.startTime == record.startTime else { return }
            try process.send(signal: SIGKILL)
            guard try process.awaitExit(deadline: deadline) else {
                throw SystemError(operation: "wait for process \(record.pid)", errno: ETIMEDOUT)
            }
        } catch {
            guard error.errno == ESRCH else { throw .system(doing: nil, error) }
        }
    }

    /// A container's state as the kernel has it at this moment.
    public func state(_ id: String) throws(RuntimeError) -> ContainerState {
        let directory = try StateDirectory(root: root, id: id)
        return Self.state(try directory.load(), directory)
    }

    /// The state of every container of the root, sorted by id; no container is no error, and neither is a root that
    /// does not exist.
    public func list() throws(RuntimeError) -> [ContainerState] {
        try StateDirectory.all(root: root).compactMap { directory in
            // A container that is being deleted is none.
            guard let record = try? directory.loadIfPresent() else { return nil }
            return Self.state(record, directory)
        }
    }

    private static func state(_ record: ContainerRecord, _ directory: StateDirectory) -> ContainerState {
        let status = directory.status(of: record)
        return ContainerState(
            ociVersion: record.ociVersion, id: record.id, pid: status == .stopped ? 0 : Int(record.pid),
            status: status.rawValue, bundle: record.bundle, rootfs: record.rootfs, created: record.created,
            owner: UserName.of(record.owner), annotations: record.annotations)
    }
}

/// What `state` and `list` print, runc's fields.
public struct ContainerState: Codable, Equatable, Sendable {
    /// The version of the specification the bundle keeps to.
    public var ociVersion: String
    /// The container's id.
    public var id: String
    /// The first process; 0 when stopped.
    public var pid: Int
    /// creating, created, running, paused or stopped.
    public var status: String
    /// The bundle's absolute path.
    public var bundle: String
    /// The root file system's absolute path.
    public var rootfs: String
    /// When it was made, RFC 3339.
    public var created: String
    /// Who made it.
    public var owner: String
    /// The annotations of the bundle.
    public var annotations: [String: String]?
}
