import CLinux
import Glibc
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

/// Forks the container's first process into its namespaces.
struct FirstProcess {
    private let creation: Creation
    private let namespaces: NamespacePlan

    init(_ creation: Creation) {
        self.creation = creation
        namespaces = creation.container.namespaces
    }

    /// Answers the process's id and the runtime's end of the channel to it; `child` becomes its pidfd.
    ///
    /// - Parameter makesNamespaces: Whether the process makes its namespaces itself, all but that of process ids, and
    ///   then waits for the runtime.
    func spawn(
        fifo: Int32, consoleSocket: Int32, prepared: PreparedTrees, makesNamespaces: Bool = false, child: inout Int32
    ) throws(RuntimeError) -> (pid: Int32, channel: Int32) {
        let joined = try openJoined()
        defer { for entry in joined { close(entry.descriptor) } }
        var isDeferred = false
        let runtimes = try prepareForChildren(joined, isDeferred: &isDeferred)
        defer { goBack(runtimes) }
        let cgroup = openUnified()
        defer { if cgroup >= 0 { close(cgroup) } }
        let ends = try doing("make a socket pair") {
            try Descriptor.socketPair(type: Int32(SOCK_SEQPACKET.rawValue)).release()
        }
        // What is made from within a user namespace belongs to it, and what is joined may not.
        let crosses =
            isDeferred || namespaces.joins(.user) || namespaces.isNew(.user) && joined.contains { $0.kind != .pid }
        let own = makesNamespaces ? namespaces.cloneFlags & ~UInt64(LINUX_CLONE_NEWPID) : 0
        let flags = crosses ? 0 : namespaces.cloneFlags & ~own
        var descriptor: Int32 = -1
        let pid: Int32
        do throws(SystemError) {
            pid = try systemCall("clone3") { linux_clone3(flags, &descriptor, SIGCHLD, crosses ? -1 : cgroup) }
        } catch {
            close(ends.reading)
            close(ends.writing)
            throw .system(doing: "make the container's process", error)
        }
        if pid == 0 {
            close(ends.reading)
            let left =
                crosses ? cross(joined, isDeferred: isDeferred, cgroup: cgroup, socket: ends.writing) : joined
            InitProcess(
                container: creation.container, cgroup: creation.record.cgroup,
                foreignCgroups: creation.foreignCgroups, setup: creation.setup, joined: left,
                channel: ProcessChannel(socket: Descriptor(owning: ends.writing)), fifo: fifo,
                consoleSocket: consoleSocket, usesPivot: creation.options.usesPivot,
                stateDirectory: creation.directory, prepared: prepared, waits: creation.waitsForRuntime,
                unshares: makesNamespaces ? own : nil
            ).run()
        }
        close(ends.writing)
        child = descriptor
        guard crosses else { return (pid, ends.reading) }
        return (try IntermediateProcess.adopt(ends.reading, child: &child), ends.reading)
    }

    private func openJoined() throws(RuntimeError) -> [OpenNamespace] {
        var result: [OpenNamespace] = []
        do throws(SystemError) {
            for namespace in namespaces.joined {
                result.append(try OpenNamespace(namespace.kind, at: namespace.path))
            }
            return result
        } catch {
            for entry in result { close(entry.descriptor) }
            throw .system(
                doing: "namespace path", SystemError(operation: "lstat", path: error.path, errno: error.errno))
        }
    }

    /// A pid namespace is entered by children only, and so is a time namespace, whose clocks are set while nobody is in
    /// it: these two are the runtime's to prepare. Answers the runtime's own, which its hooks belong in.
    ///
    /// - Parameter isDeferred: Becomes true where only somebody in the container's user namespace has the right to it.
    private func prepareForChildren(
        _ joined: [OpenNamespace], isDeferred: inout Bool
    ) throws(RuntimeError) -> [OpenNamespace] {
        var own: [OpenNamespace] = []
        do throws(SystemError) {
            for namespace in joined where namespace.kind == .pid {
                own.append(try OpenNamespace(.pid, at: "/proc/self/ns/pid"))
                try namespace.enter()
            }
            guard namespaces.isNew(.time) else { return own }
            own.append(try OpenNamespace(.time, at: "/proc/self/ns/time"))
            try makeTimeNamespace()
            return own
        } catch {
            goBack(own)
            if error.errno == EPERM, namespaces.has(.user) {
                isDeferred = true
                return []
            }
            throw .system(doing: "prepare the namespaces", error)
        }
    }

    private func makeTimeNamespace() throws(SystemError) {
        try systemCall("unshare the time namespace") { linux_unshare(Int32(LINUX_CLONE_NEWTIME)) }
        for (clock, offset) in creation.container.linux.timeOffsets ?? [:] {
            try File.write("\(clock) \(offset.secs ?? 0) \(offset.nanosecs ?? 0)\n", to: "/proc/self/timens_offsets")
        }
    }

    private func goBack(_ own: [OpenNamespace]) {
        for namespace in own {
            try? namespace.enter()
            close(namespace.descriptor)
        }
    }

    /// The version 2 cgroup to start in, so that not even a moment is spent outside.
    private func openUnified() -> Int32 {
        guard creation.record.systemd == nil, let unified = creation.record.cgroup.unified,
            let directory = try? Descriptor.open(unified.path, O_RDONLY | Int32(LINUX_O_DIRECTORY))
        else { return -1 }
        return directory.release()
    }

    // MARK: Through a user namespace

    /// In an intermediate process: namespaces made after entering the user namespace belong to it, and those of the
    /// host's user can be joined only before. The first process is made as a sibling, so that it is the runtime's
    /// child. Answers, in that process, what is left to join.
    private func cross(
        _ joined: [OpenNamespace], isDeferred: Bool, cgroup: Int32, socket: Int32
    ) -> [OpenNamespace] {
        do throws(SystemError) {
            var flags = namespaces.cloneFlags
            var left: [OpenNamespace] = []
            for namespace in joined where namespace.kind != .user && namespace.kind != .pid {
                do throws(SystemError) {
                    try namespace.enter()
                } catch {
                    guard error.errno == EPERM, namespaces.joins(.user) else { throw error }
                    left.append(namespace)
                }
            }
            for namespace in joined where namespace.kind == .user {
                try namespace.enter()
            }
            if isDeferred {
                if namespaces.isNew(.user) {
                    try systemCall("unshare the user namespace") { linux_unshare(Int32(LINUX_CLONE_NEWUSER)) }
                    flags &= ~UInt64(LINUX_CLONE_NEWUSER)
                }
                for namespace in joined where namespace.kind == .pid {
                    try namespace.enter()
                }
                if namespaces.isNew(.time) { try makeTimeNamespace() }
            }
            let pid = try systemCall("clone3") { linux_clone3_sibling(flags, nil, SIGCHLD, cgroup) }
            if pid == 0 { return left }
            try ProcessChannel.send(.made(pid: pid), to: socket)
            _exit(0)
        } catch {
            try? ProcessChannel.send(.failed("\(error)"), to: socket)
            _exit(1)
        }
    }
}
