import CLinux
import Glibc
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

/// The container's first process, from clone to exec. Everything here runs in the child; whatever fails is told to
/// the runtime over the channel.
struct InitProcess: ~Copyable {
    let container: ContainerSpec
    let cgroup: ContainerCgroup
    /// Cgroups that can be seen in the container and not written.
    let foreignCgroups: ContainerCgroup
    let setup: ProcessSetup
    /// Namespaces to join, opened before the clone.
    let joined: [OpenNamespace]
    let channel: ProcessChannel
    /// The fifo to wait on for `start`; -1 where the container is run at once.
    let fifo: Int32
    /// The socket to hand the terminal's master over; -1 without.
    let consoleSocket: Int32
    let usesPivot: Bool
    let stateDirectory: StateDirectory
    /// Sources of bind mounts that the runtime has opened.
    let prepared: PreparedTrees
    /// Whether the runtime does something to this process first.
    let waits: Bool
    /// The namespaces that this process makes while the runtime makes the cgroups; `nil` where it was born in all.
    let unshares: UInt64?

    /// Becomes the program, or ends.
    consuming func run() -> Never {
        do {
            try start()
        } catch {
            ProcessChannel.fail(error, to: channel.socket.rawValue)
        }
    }

    private func start() throws -> Never {
        let namespaces = container.namespaces
        let hasUserNamespace = namespaces.has(.user)
        linux_signals_reset()
        // The runtime writes the id mappings, moves network devices and joins groups in the process's name.
        if waits { _ = try channel.awaitGo() }
        if hasUserNamespace {
            try becomeNamespaceRoot()
        } else {
            // In a joined pid namespace others could look into this process, a copy of the runtime.
            try systemCall("set dumpable") { linux_prctl(Int32(PR_SET_DUMPABLE), 0, 0, 0, 0) }
            if unshares == nil { try cgroup.join(pid: 0, unifiedToo: false) }
        }
        if let flags = unshares { try systemCall("unshare") { linux_unshare(Int32(flags)) } }
        for namespace in joined where namespace.kind != .pid { try namespace.enter() }
        try systemCall("setsid") { setsid() }
        try setNames()
        if namespaces.isNew(.network) { try Loopback.bringUp() }
        if unshares != nil {
            _ = try channel.awaitGo()
            try cgroup.join(pid: 0, unifiedToo: false)
        }
        // The root of a cgroup namespace is where its maker is, so it comes after the move.
        if namespaces.isNew(.cgroup) {
            try systemCall("unshare the cgroup namespace") { linux_unshare(Int32(LINUX_CLONE_NEWCGROUP)) }
        }
        let proc = try ProcDirectory()
        try prepareRoot(proc)
        try setup.applyPrivileged(proc: proc, isScored: hasUserNamespace)
        _ = consume proc
        let socket = channel.socket.rawValue
        let program = try setup.become(keeping: [socket, fifo].filter { $0 >= 0 }) { listener in
            try ProcessChannel.handOver(listener, over: socket)
        }
        try channel.write(.ready)
        try awaitStart()
        if let hooks = container.spec.hooks?.startContainer, !hooks.isEmpty {
            try HookRunner(state: state(pid: getpid(), status: .created)).run(hooks, point: "startContainer")
        }
        try program.execute()
    }

    private func becomeNamespaceRoot() throws {
        try systemCall("setgid") { linux_setresgid(0, 0, 0) }
        try systemCall("setuid") { linux_setresuid(0, 0, 0) }
        // Until the program runs, the files of /proc/self belong to the namespace's root.
        try systemCall("set dumpable") { linux_prctl(Int32(PR_SET_DUMPABLE), 1, 0, 0, 0) }
    }

    private func setNames() throws {
        if let name = container.spec.hostname, !name.isEmpty {
            try systemCall("set hostname", name) { linux_sethostname(name, name.utf8.count) }
        }
        if let name = container.spec.domainname, !name.isEmpty {
            try systemCall("set domainname", name) { linux_setdomainname(name, name.utf8.count) }
        }
    }

    private func prepareRoot(_ proc: borrowing ProcDirectory) throws {
        let root = try RootFileSystem(container, cgroup: cgroup, foreign: foreignCgroups, prepared: prepared)
        try root.populate()
        if setup.process.terminal {
            guard consoleSocket >= 0 else {
                throw RuntimeError.container("cannot allocate tty if runc will detach without setting console socket")
            }
            let console = try Console(in: root.root)
            try console.mountConsole(over: root.root)
            try console.install(size: setup.process.consoleSize, sendTo: consoleSocket)
        }
        try runHooksBeforePivot()
        try root.enter(pivot: usesPivot)
        if !setup.process.terminal { try NullStreams.replace() }
        for (name, value) in (container.linux.sysctl ?? [:]).sorted(by: { $0.key < $1.key }) {
            try doing("linux.sysctl[\(name)]") { try proc.write(value, to: "sys/\(SysctlCheck.file(name))") }
        }
        try root.seal()
    }

    private func runHooksBeforePivot() throws {
        guard let hooks = container.spec.hooks else { return }
        guard !hooks.prestart.isEmpty || !hooks.createRuntime.isEmpty || !hooks.createContainer.isEmpty else { return }
        try channel.send(.hooks)
        let pid = try channel.awaitGo()
        try HookRunner(state: state(pid: pid, status: .creating)).run(hooks.createContainer, point: "createContainer")
    }

    private func state(pid: Int32, status: ContainerStatus) -> State {
        State(
            ociVersion: container.spec.ociVersion, id: stateDirectory.id, status: status.rawValue, pid: Int(pid),
            bundle: container.bundle, annotations: container.spec.annotations)
    }

    /// Blocks until `start` writes into the fifo. It is open for both directions, so that there is always a writer and
    /// the read has no end.
    private func awaitStart() throws {
        guard fifo >= 0 else { return }
        var byte: UInt8 = 0
        try systemCall("wait for start") { read(fifo, &byte, 1) }
    }
}
