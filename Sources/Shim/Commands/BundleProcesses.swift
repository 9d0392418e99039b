internal import CLinux
internal import Glibc
internal import LinuxSystem

/// The processes that work on a bundle: its shim, and the runtimes that this has started. Whoever deletes the bundle ends
/// them first, or they would make anew what is being deleted.
struct BundleProcesses {
    /// How long a process may take to end by itself, and to die.
    private static let limit: Int64 = 5000

    let bundle: String

    /// Ends the shim where it still lives (it hangs, or its supervisor gave it up) and what it runs. Runtimes end by
    /// themselves, if they can, so that they leave nothing half done.
    func end() {
        let shim = livingShim()
        if let shim { stop(shim) }
        endRuntimes(except: shim)
        if let shim { endTree(shim) }
    }

    /// The shim's process id, once a dying one is gone: its sockets could still be connected to.
    private func livingShim() -> Int32? {
        guard let text = try? File.readText("\(bundle)/shim.pid", limit: 64), let pid = Int32(text), pid > 1,
            let process = try? ProcessDescriptor(pid: pid)
        else { return nil }
        if isEnding(pid) {
            _ = try? process.awaitExit(deadline: .after(milliseconds: BundleProcesses.limit))
            return nil
        }
        // The number may be another's by now.
        return program(of: "\(pid)") == program(of: "self") && isInBundle(pid) ? pid : nil
    }

    /// While it is stopped it makes no child, and the numbers of those it has stay theirs.
    private func stop(_ shim: Int32) {
        kill(shim, SIGSTOP)
        let deadline = Deadline.after(milliseconds: 1000)
        while !deadline.isOver {
            guard let line = try? File.readText("/proc/\(shim)/stat", limit: 4096),
                let name = line.lastIndex(of: ")"), ![") T", ") Z"].contains(String(line[name...].prefix(3)))
            else { return }
            // Nobody but its parent is told when a process has stopped, so looks are spaced by a timer.
            poll(nil, 0, 1)
        }
    }

    private func endRuntimes(except shim: Int32?) {
        let deadline = Deadline.after(milliseconds: BundleProcesses.limit)
        for name in (try? File.names(in: "/proc")) ?? [] {
            guard let pid = Int32(name), pid != shim, isRuntime(pid), let process = try? ProcessDescriptor(pid: pid),
                isRuntime(pid)
            else { continue }
            if (try? process.awaitExit(deadline: deadline)) != true { end(process) }
        }
    }

    private func endTree(_ shim: Int32) {
        let children = (try? File.readText("/proc/\(shim)/task/\(shim)/children", limit: 1 << 20)) ?? ""
        let pids = children.split(separator: " ").compactMap { Int32($0) } + [shim]
        for pid in pids { kill(pid, SIGKILL) }
        for pid in pids {
            if let process = try? ProcessDescriptor(pid: pid) { end(process) }
        }
    }

    private func end(_ process: borrowing ProcessDescriptor) {
        try? process.send(signal: SIGKILL)
        _ = try? process.awaitExit(deadline: .after(milliseconds: BundleProcesses.limit))
    }

    // MARK: Telling them apart

    private func isInBundle(_ pid: Int32) -> Bool { (try? File.linkTarget("/proc/\(pid)/cwd")) == bundle }

    /// Runtimes run in the bundle and log into a file of it; a container's first process has left the bundle. One that is
    /// about to be executed still looks like its shim.
    private func isRuntime(_ pid: Int32) -> Bool {
        guard isInBundle(pid), let line = try? File.read("/proc/\(pid)/cmdline", limit: 1 << 20) else { return false }
        let arguments = line.split(separator: 0)
        let log = Array("\(bundle)/runtime-".utf8)
        if arguments.contains(where: { $0.starts(with: log) }) { return true }
        let isStart = arguments.last.map { $0.elementsEqual("start".utf8) } == true
        return isStart && program(of: "\(pid)") == program(of: "self")
    }

    /// The path of a process's program, also where a newer one was installed there.
    private func program(of process: String) -> String? {
        guard let path = try? File.linkTarget("/proc/\(process)/exe") else { return nil }
        let replaced = " (deleted)"
        return path.hasSuffix(replaced) ? String(path.dropLast(replaced.count)) : path
    }

    /// Whether a shim of this number has no program any more, but descriptors perhaps.
    private func isEnding(_ pid: Int32) -> Bool {
        guard program(of: "\(pid)") == nil, let name = try? File.read("/proc/\(pid)/comm") else { return false }
        return (try? File.read("/proc/self/comm")) == name
    }
}
