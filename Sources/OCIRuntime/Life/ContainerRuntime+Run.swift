import CLinux
import Glibc
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

extension ContainerRuntime {
    /// Makes a container and runs its program; in the foreground the caller's signals are passed on to it.
    ///
    /// - Parameters:
    ///   - detach: Whether to return once the program runs.
    ///   - keep: Whether the container stays, stopped, when its program has ended.
    /// - Returns: The program's exit code, 128 plus the signal's number where one killed it; 0 when detached.
    public func run(
        _ id: String, _ options: CreationOptions, detach: Bool, keep: Bool = false
    ) throws(RuntimeError) -> Int32 {
        var creation = try Creation(id: id, root: root, options: options, log: log, rootless: rootless)
        if detach {
            let result = try creation.run(startsAtOnce: true)
            do throws(RuntimeError) { try runPoststart(result.record, pid: result.pid) } catch {
                try delete(id, force: true)
                throw error
            }
            try result.notifySocket?.awaitReadiness(of: result.record)
            return 0
        }
        let foreground = try Foreground(
            hasTerminal: creation.setup.process.terminal && options.consoleSocket == nil,
            reapsOrphans: options.reapsOrphans)
        var result = try creation.run(startsAtOnce: true, terminalSocket: foreground.terminalSocket)
        do throws(RuntimeError) { try runPoststart(result.record, pid: result.pid) } catch {
            if !keep { try delete(id, force: true) }
            throw error
        }
        options.finishStep()
        let status = try foreground.wait(for: result.process, pid: result.pid, notifySocket: result.notifySocket.take())
        if !keep {
            // Somebody else may have removed it already.
            guard File.exists(creation.directory.recordPath) else { throw .noSuchContainer(id: id) }
            try delete(result.record, creation.directory, force: true)
        }
        return status.shellCode
    }
}
