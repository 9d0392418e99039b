internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SwiftProtobuf
internal import TTRPC
internal import TaskProtocol

/// `delete`: removes what a dead shim left behind and prints how its container ended.
struct DeleteCommand {
    private let arguments: ShimArguments

    init(_ arguments: ShimArguments) { self.arguments = arguments }

    func run() throws -> Int32 {
        let bundle = try File.canonicalPath(arguments.bundle.isEmpty ? "." : arguments.bundle)
        let lock = try BundleLock(bundle: bundle, isMaking: true)
        defer { lock.release() }
        try lock.giveUp()
        endShim(bundle)
        endRuntimes(bundle)
        try deleteContainer(bundle)
        RootMounts.unmount("\(bundle)/rootfs")
        if let address = try? File.readText("\(bundle)/address", limit: 4096),
            address.hasPrefix("unix://\(SocketDirectory.path)/")
        {
            removeSockets(String(address.dropFirst(7)), bundle)
        }
        try answer(bundle)
        return 0
    }

    /// The shim of a group may live on, with others of its containers. One of the bundle alone is dead, though a `start`
    /// that is still ending may hold its sockets open.
    private func removeSockets(_ socket: String, _ bundle: String) {
        if !File.exists("\(bundle)/shim.pid"), (try? UnixSocket.connect(to: socket)) != nil { return }
        for path in [socket, socket + ".attach"] { unlink(path) }
        guard let configuration = try? File.read("\(bundle)/config.json"),
            let group = try? ShimGroup(
                configuration: configuration, supervisor: arguments.address, namespace: arguments.namespace),
            let entry = try? GroupEntry.open(group, waits: false)
        else { return }
        entry.remove(socket: socket)
    }

    /// A shim that still lives (it hangs, or its supervisor gave it up) must not act any more, nor what it runs.
    private func endShim(_ bundle: String) {
        guard let text = try? File.readText("\(bundle)/shim.pid", limit: 64), let pid = Int32(text), pid > 1 else {
            return
        }
        guard let process = try? ProcessDescriptor(pid: pid) else { return }
        if isEnding(pid) {
            // Killed, and not yet taken down: its sockets may still be connected to.
            _ = try? process.awaitExit(deadline: .after(milliseconds: 5000))
            return
        }
        // The number may be another's by now.
        guard let name = programOf("\(pid)"), name == programOf("self"),
            (try? File.linkTarget("/proc/\(pid)/cwd")) == bundle
        else { return }
        // While it is stopped it makes no child, and the numbers of those it has stay theirs.
        try? process.send(signal: SIGSTOP)
        awaitStop(pid)
        let children = childrenOf(pid)
        defer { for child in children { close(child) } }
        // A runtime that is making the container would go on with it.
        for child in children { linux_pidfd_send_signal(child, SIGKILL) }
        try? process.send(signal: SIGKILL)
        for fd in children + [process.descriptor.rawValue] {
            // Readable once the process has ended.
            var entry = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
            poll(&entry, 1, 5000)
        }
    }

    /// The path of a process's program, also where a newer one was installed there.
    private func programOf(_ process: String) -> String? {
        guard let path = try? File.linkTarget("/proc/\(process)/exe") else { return nil }
        let replaced = " (deleted)"
        return path.hasSuffix(replaced) ? String(path.dropLast(replaced.count)) : path
    }

    /// Whether a shim of this number has no program any more, but descriptors perhaps.
    private func isEnding(_ pid: Int32) -> Bool {
        guard (try? File.linkTarget("/proc/\(pid)/exe")) == nil, let name = try? File.read("/proc/\(pid)/comm") else {
            return false
        }
        return (try? File.read("/proc/self/comm")) == name
    }

    /// A runtime that the shim had started goes on after the shim's death, and would make what is being deleted. It is
    /// given the time to end by itself, so that it leaves nothing half done.
    private func endRuntimes(_ bundle: String) {
        let deadline = Deadline.after(milliseconds: 5000)
        for name in (try? File.names(in: "/proc")) ?? [] {
            guard let pid = Int32(name), isRuntime(pid, bundle), let process = try? ProcessDescriptor(pid: pid),
                isRuntime(pid, bundle)
            else { continue }
            if (try? process.awaitExit(deadline: deadline)) == true { continue }
            try? process.send(signal: SIGKILL)
            _ = try? process.awaitExit(deadline: .after(milliseconds: 5000))
        }
    }

    /// Runtimes run in the bundle and log into a file of it; a container's first process has left the bundle.
    private func isRuntime(_ pid: Int32, _ bundle: String) -> Bool {
        guard (try? File.linkTarget("/proc/\(pid)/cwd")) == bundle,
            let line = try? File.read("/proc/\(pid)/cmdline", limit: 1 << 20)
        else { return false }
        let log = Array("\(bundle)/runtime-".utf8)
        return line.split(separator: 0).contains { $0.starts(with: log) }
    }

    /// Nobody but its parent is told when a process has stopped, so looks are spaced by a timer.
    private func awaitStop(_ pid: Int32) {
        let deadline = Deadline.after(milliseconds: 1000)
        while !deadline.isOver {
            guard let line = try? File.readText("/proc/\(pid)/stat", limit: 4096), let name = line.lastIndex(of: ")"),
                ![") T", ") Z"].contains(String(line[name...].prefix(3)))
            else { return }
            poll(nil, 0, 1)
        }
    }

    /// Descriptors of the process's children.
    private func childrenOf(_ pid: Int32) -> [Int32] {
        let list = (try? File.readText("/proc/\(pid)/task/\(pid)/children", limit: 1 << 20)) ?? ""
        return list.split(separator: " ").compactMap { Int32($0) }.compactMap { child in
            guard let process = try? ProcessDescriptor(pid: child) else { return nil }
            return process.release()
        }
    }

    private func deleteContainer(_ bundle: String) throws {
        guard let text = try? File.readText("\(bundle)/runtime", limit: 8192) else { return }
        let lines = text.split(separator: "\n").map(String.init)
        guard lines.count == 2, File.exists("\(lines[1])/\(arguments.id)") else { return }
        let null = try Descriptor.open("/dev/null", O_RDWR)
        let pid = try Spawn.start(
            lines[0], ["--root", lines[1], "delete", "--force", arguments.id],
            descriptors: (null.rawValue, null.rawValue, 2))
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        guard ExitStatus(waitStatus: status) == .exited(code: 0) else {
            throw ShimError.runtime("\(lines[0]) delete --force \(arguments.id) failed")
        }
    }

    private func answer(_ bundle: String) throws {
        let kept = (try? File.readText("\(bundle)/exit", limit: 256)).flatMap(ProcessExit.init(parsing:))
        // Whoever had a dead shim was killed. Kept, so that who asks again hears the same.
        let exit = kept ?? .now(pid: 0, status: 137)
        if kept == nil { try? File.replace("\(bundle)/exit", with: Array(exit.text.utf8)) }
        var response = Containerd_Task_V2_DeleteResponse()
        response.pid = exit.pid
        response.exitStatus = exit.status
        response.exitedAt = exit.timestamp
        try StandardStream.write(response.serializedBytes(), to: 1)
    }
}
