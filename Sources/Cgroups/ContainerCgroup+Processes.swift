import Glibc
package import LinuxSystem

extension ContainerCgroup {
    /// The directory by which processes are listed and killed: version 2 sees every process at once.
    var listing: Location? {
        unified ?? location(of: "freezer") ?? location(of: "pids") ?? locations.first
    }

    /// Whether there is such a cgroup, by the one directory that matters most.
    package var exists: Bool { listing.map { File.exists($0.path) } ?? false }

    /// Every process of the container, those in cgroups below included.
    package func processes() throws(SystemError) -> [Int32] {
        guard let listing else { return [] }
        var result: [Int32] = []
        do throws(SystemError) {
            try Self.collect(listing.path, into: &result)
        } catch  where error.errno == ENOENT || error.errno == ENODEV { return [] }
        return result.sorted()
    }

    private static func collect(_ path: String, into result: inout [Int32]) throws(SystemError) {
        let text = try File.read("\(path)/cgroup.procs")
        text.withUnsafeBufferPointer { bytes in
            var rest = ByteText(bytes)
            while let line = rest.next(before: "\n") {
                if let pid = UInt64(decimal: line.bytes) { result.append(Int32(truncatingIfNeeded: pid)) }
            }
        }
        // A directory has a link for each one below it, beside its own two.
        if try File.status(path).st_nlink == 2 { return }
        for name in try File.names(in: path) where !name.contains(".") {
            let child = "\(path)/\(name)"
            guard let status = try? File.status(child, followingLinks: false), status.st_mode & S_IFMT == S_IFDIR
            else { continue }
            try collect(child, into: &result)
        }
    }

    /// Sends a signal to every process. SIGKILL is the kernel's own operation where it has one (`cgroup.kill`);
    /// otherwise the cgroup is frozen meanwhile, so that no process can fork away.
    package func signalAll(_ signal: Int32) throws(CgroupError) {
        do throws(SystemError) {
            if signal == SIGKILL, let unified {
                do throws(SystemError) {
                    try File.write("1", to: "\(unified.path)/cgroup.kill")
                    try thawForKill()
                    return
                } catch  where error.errno == ENOENT {
                    if !File.exists(unified.path) { return }
                }
            }
        } catch {
            throw .system(error)
        }
        // Where nobody is, nobody can fork: a container that has ended needs no freezing, which is dear in the kernel.
        if (try? processes())?.isEmpty == true { return }
        let wasFrozen = (try? isFrozen()) ?? false
        if !wasFrozen { try? setFrozen(true, deadline: .after(milliseconds: 2000)) }
        defer { if !wasFrozen || signal == SIGKILL { try? setFrozen(false, deadline: .after(milliseconds: 2000)) } }
        do throws(SystemError) {
            for pid in try processes() {
                do throws(SystemError) {
                    try systemCall("kill", "\(pid)") { kill(pid, signal) }
                } catch  where error.errno == ESRCH { continue }
            }
        } catch {
            throw .system(error)
        }
    }

    /// A process frozen by version 1's freezer dies only once thawed.
    private func thawForKill() throws(SystemError) {
        guard let freezer = location(of: "freezer") else { return }
        do throws(SystemError) {
            try File.write("THAWED", to: "\(freezer.path)/freezer.state")
        } catch  where error.errno == ENOENT { return }
    }

    /// Whether the container is paused.
    package func isFrozen() throws(SystemError) -> Bool {
        if let freezer = location(of: "freezer") {
            return try File.readText("\(freezer.path)/freezer.state") != "THAWED\n"
        }
        guard let unified else { return false }
        return try File.readText("\(unified.path)/cgroup.freeze").hasPrefix("1")
    }

    /// Pauses or resumes every process and waits until they are.
    package func setFrozen(_ frozen: Bool, deadline: Deadline) throws(CgroupError) {
        do throws(SystemError) {
            if let freezer = location(of: "freezer") {
                try setFrozenV1(freezer, frozen, deadline)
            } else if let unified {
                try setFrozenV2(unified, frozen, deadline)
            } else {
                throw SystemError(
                    operation: "cannot toggle freezer: cgroups not configured for container", errno: ENOTSUP)
            }
        } catch {
            throw .system(error)
        }
    }

    /// Version 1 tries again to freeze stragglers (tasks that were forking) at each write of `FROZEN`; the read that
    /// follows brings the state up to date. There is no notification, so tries are spaced by a timer.
    private func setFrozenV1(_ location: Location, _ frozen: Bool, _ deadline: Deadline) throws(SystemError) {
        let directory = try CgroupDirectory(opening: location.path)
        let wanted = frozen ? "FROZEN" : "THAWED"
        while true {
            try directory.write(wanted, to: "freezer.state")
            if try directory.read("freezer.state") == wanted { return }
            if deadline.isOver {
                if frozen { try directory.write("THAWED", to: "freezer.state") }
                throw SystemError(operation: "freeze", path: location.path, errno: ETIMEDOUT)
            }
            poll(nil, 0, 1)
        }
    }

    private func setFrozenV2(_ location: Location, _ frozen: Bool, _ deadline: Deadline) throws(SystemError) {
        let directory = try CgroupDirectory(opening: location.path)
        let events = try Descriptor.open(at: directory.descriptor.rawValue, "cgroup.events", O_RDONLY)
        try directory.write(frozen ? "1" : "0", to: "cgroup.freeze")
        while true {
            // Reading arms the notification, see cgroups(7) on release notification in version 2.
            try systemCall("seek") { lseek(events.rawValue, 0, SEEK_SET) }
            let lines = String(decoding: try events.readToEnd(), as: UTF8.self).split(separator: "\n")
            if lines.contains(frozen ? "frozen 1" : "frozen 0") { return }
            guard try events.awaitEvents(Int16(POLLPRI), deadline: deadline) else {
                throw SystemError(operation: "freeze", path: location.path, errno: ETIMEDOUT)
            }
        }
    }
}
