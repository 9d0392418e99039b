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
        let initial = try findInitial()
        let ends = try doing("make a socket pair") {
            try Descriptor.socketPair(type: Int32(SOCK_SEQPACKET.rawValue)).release()
        }
        let (pid, descriptor) = try fork(initial, ends, consoleSocket)
        close(ends.writing)
        let process = ProcessDescriptor(owning: descriptor)
        do throws(RuntimeError) {
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

    private func findInitial() throws(RuntimeError) -> ProcessDescriptor {
        do throws(SystemError) {
            let initial = try ProcessDescriptor(pid: record.pid)
            guard ProcessStatus(pid: record.pid)?.startTime == record.startTime else {
                throw SystemError(operation: "find the container's process", errno: ESRCH)
            }
            // Children are made in the namespace; the runtime itself stays where it is.
            if record.namespaces.contains("pid") { try initial.enter(namespaces: Int32(LINUX_CLONE_NEWPID)) }
            return initial
        } catch {
            throw .system(doing: "join container \(record.id)", error)
        }
    }

    /// The cgroup may have been divided by the container's own manager; then the first process's cgroup takes the
    /// newcomer.
    private func fork(
        _ initial: borrowing ProcessDescriptor, _ ends: (reading: Int32, writing: Int32), _ consoleSocket: Int32
    ) throws(RuntimeError) -> (Int32, Int32) {
        let group = try chosenCgroup()
        do throws(SystemError) {
            do throws(SystemError) {
                return try fork(initial, ends, consoleSocket, into: group)
            } catch {
                guard error.errno == EBUSY || error.errno == ENOENT, cgroups.isEmpty else { throw error }
                let present = try ContainerCgroup(pid: record.pid, host: try CgroupHost.current())
                return try fork(initial, ends, consoleSocket, into: present)
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
            guard !places.isEmpty else { throw .other("unknown controller \(controller) in SubCgroupPaths") }
            for place in places { group.locations[place].path += "/\(path)" }
        }
        return group
    }

    private func fork(
        _ initial: borrowing ProcessDescriptor, _ ends: (reading: Int32, writing: Int32), _ consoleSocket: Int32,
        into group: ContainerCgroup
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
                try become(initial, group, channel: ends.writing, consoleSocket)
            } catch {
                ProcessChannel.fail(error, to: ends.writing)
            }
        }
        return (pid, descriptor)
    }

    private func become(
        _ initial: borrowing ProcessDescriptor, _ group: ContainerCgroup, channel: Int32,
        _ consoleSocket: Int32
    ) throws -> Never {
        linux_signals_reset()
        try AffinitySetting.apply(setup.affinity.initial, "initial")
        try group.join(pid: 0, unifiedToo: false)
        try AffinitySetting.apply(setup.affinity.final, "final")
        let proc = try ProcDirectory()
        // Until the program runs, nobody in the container may look into this process, a copy of the runtime.
        try systemCall("set dumpable") { linux_prctl(Int32(PR_SET_DUMPABLE), 0, 0, 0, 0) }
        try setup.applyPrivileged(proc: proc)
        _ = consume proc
        // Without a mount namespace to join, the root is all that the container has of its own.
        let root =
            record.namespaces.contains("mount")
            ? nil : try Descriptor.open("/proc/\(record.pid)/root", Int32(LINUX_O_PATH | LINUX_O_DIRECTORY)).release()
        if namespaceFlags != 0 { try initial.enter(namespaces: namespaceFlags) }
        if let root {
            try systemCall("chdir", "the container's root") { fchdir(root) }
            try systemCall("chroot", "the container's root") { chroot(".") }
        }
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
