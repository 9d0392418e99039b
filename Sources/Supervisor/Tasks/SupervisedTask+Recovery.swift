internal import LinuxSystem
internal import TTRPC

/// After a restart of the supervisor.
extension SupervisedTask {
    /// Finds the shim of a container that an earlier supervisor made.
    func recover() async {
        // Known at once, so that the container is listed while its shim is asked.
        let pid = record.pid
        processes[""] = Process(
            state: record.startedAt.map { .running(pid: pid, since: $0) } ?? .created(pid: pid))
        let address = (try? File.readText("\(bundle.path)/address", limit: 4096)) ?? ""
        do {
            guard let socket = ShimLauncher.socketPath(address) else {
                throw RPCError(.unavailable, "no address is kept")
            }
            try readLog()
            _ = try connect(to: socket)
        } catch {
            environment.log(.warn, "shim of container \(key.id) is gone: \(error)")
            shim = .gone
            return await endAll(await cleanUpAfterShim())
        }
        await refresh()
    }

    /// Finishes what an earlier supervisor had begun: a creation is undone, of which nobody was told; a removal is
    /// carried out, all but the bundle.
    func finishInterrupted() async {
        let exit = await cleanUpAfterShim()
        guard record.phase == .deleting else { return }
        await endAll(exit)
        await tellDeletion(pid: record.pid, exit)
    }
}
