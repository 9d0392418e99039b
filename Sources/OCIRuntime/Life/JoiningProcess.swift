import CLinux
import Glibc
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

/// Forks a process into a running container: its cgroups, its namespaces, its restrictions.
struct JoiningProcess {
    let record: ContainerRecord
    let setup: ProcessSetup
    /// A cgroup below the container's own, by controller; that of the empty name is for all.
    let cgroups: [String: String]

    /// Answers once the program runs.
    func spawn(consoleSocket: Int32, pidFile: String?) throws(RuntimeError) -> ProcessDescriptor {
        var crosses = false
        let initial = try findInitial(crosses: &crosses)
        let ends = try doing("make a socket pair") {
            try Descriptor.socketPair(type: Int32(SOCK_SEQPACKET.rawValue)).release()
        }
        var (pid, descriptor) = try fork(initial, ends, consoleSocket, crosses: crosses)
        close(ends.writing)
        if crosses {
            do throws(RuntimeError) { pid = try IntermediateProcess.adopt(ends.reading, child: &descriptor) } catch {
                close(ends.reading)
                throw error
            }
        }
        let process = ProcessDescriptor(owning: descriptor)
        do throws(RuntimeError) {
            if crosses { try Self.letGo(pid, ends.reading) }
            try record.resourceControl?.join(pid: pid)
            try settle(
                ProcessChannel(socket: Descriptor(owning: ends.reading)), pid, process: process.descriptor.rawValue)
            if let pidFile {
                try doing("write the pid file") { try File.replace(pidFile, with: Array("\(pid)".utf8), mode: 0o644) }
            }
        } catch {
            try? process.send(signal: SIGKILL)
            _ = try? process.wait()
            throw error
        }
        return process
    }

    /// - Parameter crosses: Becomes true where only somebody in the container's user namespace may make children in
    ///   its pid namespace.
    private func findInitial(crosses: inout Bool) throws(RuntimeError) -> ProcessDescriptor {
        do throws(SystemError) {
            let initial = try ProcessDescriptor(pid: record.pid)
            guard ProcessStatus(pid: record.pid)?.startTime == record.startTime else {
                throw SystemError(operation: "find the container's process", errno: ESRCH)
            }
            // Children are made in the namespace; the runtime itself stays where it is.
            guard record.namespaces.contains("pid") else { return initial }
            do throws(SystemError) { try initial.enter(namespaces: Int32(LINUX_CLONE_NEWPID)) } catch {
                guard error.errno == EPERM, record.namespaces.contains("user") else { throw error }
                crosses = true
            }
            return initial
        } catch {
            throw .system(doing: "join container \(record.id)", error)
        }
    }

    /// The cgroup may have been divided by the container's own manager; then the first process's cgroup takes the
    /// newcomer.
    private func fork(
        _ initial: borrowing ProcessDescriptor, _ ends: (reading: Int32, writing: Int32), _ consoleSocket: Int32,
        crosses: Bool
    ) throws(RuntimeError) -> (Int32, Int32) {
        let group = try chosenCgroup()
        do throws(SystemError) {
            do throws(SystemError) {
                return try fork(initial, ends, consoleSocket, into: group, crosses: crosses)
            } catch {
                if error.isRefusal, RootlessMode.isOrdinaryUser {
                    // The way there may lead through cgroups that are not the user's, as in runc.
                    let none = ContainerCgroup(locations: [])
                    return try fork(initial, ends, consoleSocket, into: none, crosses: crosses)
                }
                guard error.errno == EBUSY || error.errno == ENOENT, cgroups.isEmpty else { throw error }
                let present = try ContainerCgroup(pid: record.pid, host: try CgroupHost.current())
                return try fork(initial, ends, consoleSocket, into: present, crosses: crosses)
            }
        } catch { throw .system(doing: "make the process", error) }
    }

    private func chosenCgroup() throws(RuntimeError) -> ContainerCgroup {
        var group = record.cgroup
        for (controller, path) in cgroups {
            guard !path.split(separator: "/").contains("..") else { throw .other("\(path) is not a sub cgroup path") }
            let places = group.locations.indices.filter {
                controller.isEmpty || group.locations[$0].controllers.contains(controller)
            }
            guard !places.isEmpty || group.locations.isEmpty else {
                throw .other("unknown controller \(controller) in SubCgroupPaths")
            }
            for place in places { group.locations[place].path += "/\(path)" }
        }
        return group
    }

    private func fork(
        _ initial: borrowing ProcessDescriptor, _ ends: (reading: Int32, writing: Int32), _ consoleSocket: Int32,
        into group: ContainerCgroup, crosses: Bool
    ) throws(SystemError) -> (Int32, Int32) {
        var unified: Int32 = -1
        if let location = group.unified {
            unified = try Descriptor.open(location.path, O_RDONLY | Int32(LINUX_O_DIRECTORY)).release()
        }
        defer { if unified >= 0 { close(unified) } }
        var descriptor: Int32 = -1
        let pid = try systemCall("clone3") { linux_clone3(0, &descriptor, SIGCHLD, unified) }
        if pid == 0 {
            close(ends.reading)
            do {
                try become(initial, group, channel: ends.writing, consoleSocket, crosses: crosses)
            } catch {
                ProcessChannel.fail(error, to: ends.writing)
            }
        }
        return (pid, descriptor)
    }

    private func become(
        _ initial: borrowing ProcessDescriptor, _ group: ContainerCgroup, channel: Int32,
        _ consoleSocket: Int32, crosses: Bool
    ) throws -> Never {
        linux_signals_reset()
        try AffinitySetting.apply(setup.affinity.initial, "initial")
        try group.join(pid: 0, unifiedToo: false)
        try AffinitySetting.apply(setup.affinity.final, "final")
        let proc = try ProcDirectory()
        // An ordinary user's process loses its files in /proc when it can no longer be looked into. It is not in the
        // container's pid namespace yet.
        if crosses { try setup.applyPrivileged(proc: proc) }
        // Until the program runs, nobody in the container may look into this process, a copy of the runtime.
        try systemCall("set dumpable") { linux_prctl(Int32(PR_SET_DUMPABLE), 0, 0, 0, 0) }
        if !crosses { try setup.applyPrivileged(proc: proc) }
        _ = consume proc
        // Without a mount namespace to join, the root is all that the container has of its own.
        let root =
            record.namespaces.contains("mount")
            ? nil : try Descriptor.open("/proc/\(record.pid)/root", Int32(LINUX_O_PATH | LINUX_O_DIRECTORY)).release()
        let joined = namespaceFlags | (crosses ? Int32(LINUX_CLONE_NEWPID) : 0)
        if joined != 0 { try initial.enter(namespaces: joined) }
        if let root {
            try systemCall("chdir", "the container's root") { fchdir(root) }
            try systemCall("chroot", "the container's root") { chroot(".") }
        }
        if crosses { try forkAgain(channel) }
        if record.namespaces.contains("user") {
            try systemCall("setgid") { linux_setresgid(0, 0, 0) }
            try systemCall("setuid") { linux_setresuid(0, 0, 0) }
        }
        try systemCall("setsid") { setsid() }
        if setup.process.terminal {
            let root = RootDirectory(descriptor: try Descriptor.open("/", Int32(LINUX_O_PATH | LINUX_O_DIRECTORY)))
            try Console(in: root).install(size: setup.process.consoleSize, sendTo: consoleSocket)
        }
        let program = try setup.become(keeping: [channel]) { listener in
            try ProcessChannel.handOver(listener, over: channel)
        }
        try ProcessChannel.write(.ready, to: channel)
        try program.execute()
    }

    /// Goes on in a child, which is in the container's pid namespace as this process is not.
    private func forkAgain(_ channel: Int32) throws {
        let pid = try systemCall("clone3") { linux_clone3_sibling(0, nil, SIGCHLD, -1) }
        guard pid == 0 else {
            try ProcessChannel.send(.made(pid: pid), to: channel)
            _exit(0)
        }
        // What this process says must not come before its id.
        _ = try ProcessChannel.awaitGo(on: channel)
    }

    private static func letGo(_ pid: Int32, _ channel: Int32) throws(RuntimeError) {
        do throws(SystemError) { try ProcessChannel.send(.go(pid: pid), to: channel) } catch {
            throw .system(doing: nil, error)
        }
    }

    private var namespaceFlags: Int32 {
        record.namespaces.compactMap(NamespaceKind.init).filter { $0 != .pid }.reduce(0) { $0 | Int32($1.flag) }
    }

    private func settle(
        _ channel: consuming ProcessChannel, _ pid: Int32, process: Int32
    ) throws(RuntimeError) {
        var isReady = false
        while true {
            let message: ProcessChannel.Message?
            do throws(SystemError) { message = try channel.receive() } catch { throw .system(doing: nil, error) }
            switch message {
            case .ready: isReady = true
            case .listener(let descriptor):
                let socket = channel.socket.rawValue
                try SeccompListener.deliver(
                    descriptor, of: process, pid: pid, to: record.seccompListener,
                    state: record.state(.running, pid: record.pid)
                ) { () throws(RuntimeError) in
                    do throws(SystemError) { try ProcessChannel.send(.go(pid: pid), to: socket) } catch {
                        throw .system(doing: nil, error)
                    }
                }
            case .failed(let text): throw .container(text)
            case .noProgram(let text): throw .program(text)
            case nil where isReady: return
            case nil, .go, .made, .hooks: throw .container("the process ended while it was set up")
            }
        }
    }
}
