import CLinux
import Glibc
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

/// Makes a container: cgroups, namespaces and the first process, set up as far as the exec.
///
/// Whatever is made is recorded before, and undone when a later step fails.
struct Creation {
    let container: ContainerSpec
    let options: CreationOptions
    let directory: StateDirectory
    let setup: ProcessSetup
    let log: RuntimeLog
    let rootless: RootlessMode
    var record: ContainerRecord
    /// What annotations add to systemd's unit.
    private let unitProperties: [SystemdProperty]
    /// The runtime's own cgroups where the container has none, to be seen and not to be written.
    private(set) var foreignCgroups = ContainerCgroup(locations: [])

    init(
        id: String, root: String, options: CreationOptions, log: RuntimeLog, rootless: RootlessMode
    ) throws(RuntimeError) {
        let directory = try StateDirectory(root: root, id: id)
        guard !File.exists(directory.path) else { throw .containerExists(id: id) }
        let container = try ContainerSpec(
            bundle: options.bundle, extraMounts: options.notifySocket == nil ? [] : [NotifySocket.mount(of: directory)])
        guard let process = container.spec.process else {
            throw .invalid(field: "process", problem: "process property must not be empty")
        }
        var setup = try ProcessSetup(
            Self.withSockets(process, options),
            filter: try FilterCache(root: root).filter(for: container.linux.seccomp),
            personality: container.linux.personality, memoryPolicy: container.linux.memoryPolicy,
            preservedDescriptors: options.inheritedDescriptors, newSessionKeyring: options.newSessionKeyring)
        try setup.settleCapabilities(inUserNamespace: container.namespaces.has(.user), log: log)
        options.finishStep()
        let place = try CgroupPlace(container, id: id, usesSystemd: options.usesSystemd)
        let namespaces = container.namespaces
        try Self.check(container, options)
        for warning in container.warnings { log.warn(warning) }
        record = ContainerRecord(
            ociVersion: container.spec.ociVersion, id: id, bundle: container.bundle, rootfs: container.rootfs,
            annotations: container.spec.annotations, created: Timestamp.now(), owner: getuid(),
            cgroups: place.cgroup.locations, systemd: place.unit,
            namespaces: (namespaces.new + namespaces.joined.map(\.kind)).map(\.rawValue), process: process,
            seccompFlags: setup.filter?.flags, personality: container.linux.personality,
            memoryPolicy: container.linux.memoryPolicy,
            seccompListener: SeccompListener(container.linux.seccomp),
            resourceControl: try ResourceControlGroup(container.linux.intelRdt, id: id, host: .current()),
            poststart: container.spec.hooks?.poststart ?? [], poststop: container.spec.hooks?.poststop ?? [])
        unitProperties = place.properties
        self.rootless = rootless
        self.container = container
        self.options = options
        self.directory = directory
        self.setup = setup
        self.log = log
    }

    /// The process told of the sockets of a service manager, which are this container's alone: exec knows nothing of
    /// them.
    private static func withSockets(_ process: Process, _ options: CreationOptions) -> Process {
        var process = process
        if options.listenDescriptors > 0 {
            process.env += ["LISTEN_FDS=\(options.listenDescriptors)", "LISTEN_PID=1"]
        }
        if options.notifySocket != nil { process.env.append(NotifySocket.variable) }
        return process
    }

    private static func check(_ container: ContainerSpec, _ options: CreationOptions) throws(RuntimeError) {
        if RootlessMode.isOrdinaryUser { try RootlessCheck.check(container) }
        if !options.usesPivot, ["private", "rprivate"].contains(container.linux.rootfsPropagation ?? "") {
            throw .invalid(
                field: "linux.rootfsPropagation",
                problem: "rootfsPropagation of [r]private is not safe without pivot_root")
        }
    }

    /// What was made: the first process waits for `start`, or runs already.
    struct Result: ~Copyable {
        let process: ProcessDescriptor
        let pid: Int32
        let record: ContainerRecord
        /// The socket of the container's readiness, where it runs already.
        var notifySocket: NotifySocket?
    }

    /// Makes the container.
    ///
    /// - Parameters:
    ///   - startsAtOnce: Whether the program runs on return, without `start`.
    ///   - terminalSocket: Where the terminal's master goes if not to the console socket of the options; or -1.
    mutating func run(startsAtOnce: Bool, terminalSocket: Int32 = -1) throws(RuntimeError) -> Result {
        try checkTerminal(terminalSocket: terminalSocket)
        try CgroupPlace.refuseOccupied(record.cgroup)
        try directory.make()
        var child: Int32 = -1
        do throws(RuntimeError) {
            let notifySocket = try makeNotifySocket(listens: startsAtOnce)
            let pid = try make(startsAtOnce: startsAtOnce, terminalSocket: terminalSocket, child: &child)
            return Result(
                process: ProcessDescriptor(owning: child), pid: pid, record: record, notifySocket: notifySocket)
        } catch {
            undo(child)
            throw error
        }
    }

    /// A terminal needs somebody who takes its master.
    func checkTerminal(terminalSocket: Int32) throws(RuntimeError) {
        let terminal = setup.process.terminal
        guard terminal == (options.consoleSocket != nil || terminalSocket >= 0) else {
            throw .other(
                terminal
                    ? "cannot allocate tty if runc will detach without setting console socket"
                    : "cannot use console socket if runc will not detach or allocate tty")
        }
    }

    private mutating func make(
        startsAtOnce: Bool, terminalSocket: Int32, child: inout Int32
    ) throws(RuntimeError) -> Int32 {
        if !overlaps || record.cgroup.hasUnified { try saveRecord() }
        var socket = terminalSocket
        if let path = options.consoleSocket { socket = try Console.connect(path).release() }
        defer { if socket >= 0, socket != terminalSocket { close(socket) } }
        let pidfdSocket = try PidfdSocket.connect(options.pidfdSocket)
        defer { if pidfdSocket >= 0 { close(pidfdSocket) } }
        let fifo = startsAtOnce ? -1 : try makeFifo()
        defer { if fifo >= 0 { close(fifo) } }
        let prepared = try PreparedTrees(container)
        defer { prepared.close() }
        if !container.namespaces.has(.mount) { try mountOnHost() }
        var spawned = (pid: Int32(-1), channel: Int32(-1))
        if overlaps {
            spawned = try spawnOverlapping(fifo: fifo, consoleSocket: socket, prepared: prepared, child: &child)
        }
        if spawned.pid < 0 {
            // systemd's unit is made with a process in it.
            if record.systemd == nil { try makeCgroups() }
            spawned = try FirstProcess(self).spawn(
                fifo: fifo, consoleSocket: socket, prepared: prepared, child: &child)
        }
        try settle(
            ProcessChannel(socket: Descriptor(owning: spawned.channel)), pid: spawned.pid, process: child,
            startsAtOnce)
        try PidfdSocket.send(child, over: pidfdSocket)
        try writePidFile(spawned.pid)
        return spawned.pid
    }

    /// Whether the first process makes its namespaces while the runtime makes its cgroups.
    private var overlaps: Bool {
        !waitsForRuntime && container.namespaces.isNew(.mount) && !RootlessMode.isOrdinaryUser
    }

    /// Forks the first process, and makes the cgroups while that makes its namespaces: each takes the kernel half a
    /// millisecond. Where a cgroup cannot be made, the process is gone again on return, and its number -1: what that
    /// means is for `makeCgroups` to say.
    private func spawnOverlapping(
        fifo: Int32, consoleSocket: Int32, prepared: PreparedTrees, child: inout Int32
    ) throws(RuntimeError) -> (pid: Int32, channel: Int32) {
        let failure = (pid: Int32(-1), channel: Int32(-1))
        do throws(SystemError) { try record.cgroup.create(version: .two) } catch { return failure }
        let spawned = try FirstProcess(self).spawn(
            fifo: fifo, consoleSocket: consoleSocket, prepared: prepared, makesNamespaces: true, child: &child)
        let channel = ProcessChannel(socket: Descriptor(owning: spawned.channel))
        if !record.cgroup.hasUnified { try saveRecord() }
        do throws(SystemError) { try record.cgroup.create(version: .one) } catch {
            Self.end(child)
            child = -1
            return failure
        }
        try limit()
        // Where the process has ended meanwhile, it has told why.
        try? Self.send(.go(pid: spawned.pid), channel)
        return (spawned.pid, channel.socket.release())
    }

    private mutating func mountOnHost() throws(RuntimeError) {
        var record = record
        let directory = directory
        try HostMount.attach(container) { mount throws(RuntimeError) in
            record.hostMount = mount
            try directory.save(record)
        }
        self.record = record
    }

    /// What exec and delete need to know, before anything else is made.
    func saveRecord() throws(RuntimeError) {
        try directory.save(record)
        guard let filter = setup.filter else { return }
        try doing("save the seccomp filter") { try File.replace(directory.filterPath, with: filter.program) }
    }

    func writePidFile(_ pid: Int32) throws(RuntimeError) {
        guard let path = options.pidFile else { return }
        try doing("write the pid file") { try File.replace(path, with: Array("\(pid)".utf8), mode: 0o644) }
    }

    /// The directory is mounted in the container; the socket in it is made by whoever waits for readiness.
    func makeNotifySocket(listens: Bool) throws(RuntimeError) -> NotifySocket? {
        guard let host = options.notifySocket else { return nil }
        try NotifySocket.makeDirectory(of: directory)
        return listens ? try NotifySocket(listeningIn: directory, host: host) : nil
    }

    /// Whether the first process waits until the runtime has done something to it.
    var waitsForRuntime: Bool { record.systemd != nil || container.needsRuntimeFirst }

    mutating func makeCgroups() throws(RuntimeError) {
        if RootlessMode.isOrdinaryUser, rootless.toleratesMissingCgroups { return try makePermittedCgroups() }
        do throws(SystemError) { try record.cgroup.create() } catch {
            // Only now is it worth a look whether this is the root of the host.
            if error.isRefusal, rootless.toleratesMissingCgroups { return try makePermittedCgroups() }
            throw .container("unable to apply cgroup configuration: \(error)")
        }
        try limit()
    }

    /// Has systemd make the cgroup, with the first process in it.
    func makeUnit(_ unit: SystemdUnit, pid: Int32) throws(RuntimeError) {
        let cgroup = record.cgroup
        let resources = container.linux.resources
        let own = unitProperties
        try doing("make the cgroup") { try cgroup.start(unit, pid: pid, resources: resources, own: own) }
        try limit()
    }

    private func limit() throws(RuntimeError) {
        let cgroup = record.cgroup
        let resources = container.linux.resources
        let hasUnit = record.systemd != nil
        try doing("make the cgroup") {
            if let resources { try cgroup.apply(resources) }
            if cgroup.has("devices") || cgroup.hasUnified {
                try cgroup.restrictDevices(resources?.devices ?? [], replaces: hasUnit)
            }
        }
        try CgroupPlace.delegate(cgroup, to: container)
        if let settings = container.linux.intelRdt { try record.resourceControl?.make(settings) }
    }

    /// Cgroups that the user has no rights to are left out, unless the configuration asks for one by its path or for a
    /// limit that would need it.
    private mutating func makePermittedCgroups() throws(RuntimeError) {
        let permitted = RootlessCgroups(
            resources: container.linux.resources, isChosen: !(container.linux.cgroupsPath ?? "").isEmpty)
        try permitted.make(&record.cgroups, foreign: &foreignCgroups)
        try directory.save(record)
        if let settings = container.linux.intelRdt { try record.resourceControl?.make(settings) }
    }

    private func makeFifo() throws(RuntimeError) -> Int32 {
        let path = directory.fifoPath
        return try doing("make the fifo for start") {
            try systemCall("mkfifo", path) { mkfifo(path, 0o622) }
            return try Descriptor.open(path, O_RDWR).release()
        }
    }

    // MARK: The conversation with the first process

    private mutating func settle(
        _ channel: consuming ProcessChannel, pid: Int32, process: Int32, _ startsAtOnce: Bool
    ) throws(RuntimeError) {
        if waitsForRuntime {
            try setUp(pid)
            try Self.send(.go(pid: pid), channel)
        }
        var isReady = false
        while true {
            switch try Self.receive(channel) {
            case .hooks:
                try runHooks(pid)
                try Self.send(.go(pid: pid), channel)
            case .listener(let descriptor):
                try SeccompListener.deliver(
                    descriptor, of: process, pid: pid, to: record.seccompListener,
                    state: record.state(.creating, pid: pid)
                ) { () throws(RuntimeError) in try Self.send(.go(pid: pid), channel) }
            case .ready:
                record.pid = pid
                record.startTime = ProcessStatus(pid: pid)?.startTime ?? 0
                try directory.save(record)
                if !startsAtOnce { return }
                isReady = true
            case .failed(let text): throw .container("error during container init: \(text)")
            case .noProgram(let text): throw .program(text)
            // The socket closes by itself when the program starts.
            case nil where isReady: return
            case nil, .go, .made: throw Self.ended(record)
            }
        }
    }

    private static func ended(_ record: ContainerRecord) -> RuntimeError {
        let kills = record.cgroup.statistics().memory?.oomKills ?? 0
        return .container(
            kills > 0
                ? "container init was OOM-killed (memory limit too low?)"
                : "the container's process ended while it was set up")
    }

    /// What the process cannot do for itself.
    private func setUp(_ pid: Int32) throws(RuntimeError) {
        if let unit = record.systemd { try makeUnit(unit, pid: pid) }
        if container.namespaces.has(.user) {
            try mapIDs(pid)
            try setup.score("\(pid)") { (path, text) throws(SystemError) in try File.write(text, to: "/proc/\(path)") }
            let cgroup = record.cgroup
            try doing("move the process into its cgroup") { try cgroup.join(pid: pid, unifiedToo: true) }
        }
        try record.resourceControl?.join(pid: pid)
        let joined = container.namespaces.joined.first { $0.kind == .network }
        try container.networkDevices.move(to: joined?.path ?? "/proc/\(pid)/ns/net")
    }

    private static func send(_ message: ProcessChannel.Message, _ channel: borrowing ProcessChannel)
        throws(RuntimeError)
    {
        do throws(SystemError) { try channel.send(message) } catch { throw .system(doing: nil, error) }
    }

    private static func receive(_ channel: borrowing ProcessChannel) throws(RuntimeError) -> ProcessChannel.Message? {
        do throws(SystemError) { return try channel.receive() } catch { throw .system(doing: nil, error) }
    }

    private func mapIDs(_ pid: Int32) throws(RuntimeError) {
        guard container.namespaces.isNew(.user) else { return }
        try IDMapWriter.write(container.linux, of: pid)
    }

    func runHooks(_ pid: Int32) throws(RuntimeError) {
        guard let hooks = container.spec.hooks else { return }
        do throws(RuntimeError) {
            // The specification's validation programs ask for `created` here, which crun says too.
            try HookRunner(state: record.state(.created, pid: pid)).run(hooks.prestart, point: "prestart")
            try HookRunner(state: record.state(.creating, pid: pid)).run(hooks.createRuntime, point: "createRuntime")
        } catch { throw .container("error during container init: \(error)") }
    }

    // MARK: Failure

    private static func end(_ child: Int32) {
        let process = ProcessDescriptor(owning: child)
        try? process.send(signal: SIGKILL)
        _ = try? process.wait()
    }

    func undo(_ child: Int32) {
        if child >= 0 { Self.end(child) }
        do {
            try record.cgroup.signalAll(SIGKILL)
            try record.removeCgroup(deadline: .after(milliseconds: 10_000), log)
            try record.resourceControl?.remove()
            try record.hostMount?.remove()
            try directory.remove()
        } catch {
            // What is left is on record: `delete --force` finds it.
            log.warn("undo: \(error)")
        }
    }
}
