internal import Cgroups
internal import Glibc
internal import LinuxSystem
internal import SwiftProtobuf
internal import TTRPC
internal import TaskProtocol

/// One container of a shim: its first process, those added to it, and the operations on them.
///
/// Everything happens on the loop's thread; an operation that needs the runtime answers when that has ended.
final class ContainerTask {
    /// How long the end of a container may wait for the ends of what was executed in it.
    static let execLimit: UInt64 = 10_000_000_000

    let id: String
    let bundle: String
    let host: TaskHost
    var runtime: RuntimeProgram
    var initial: ShimProcess?
    var execs: [String: ShimProcess] = [:]
    var isCreating = false
    var isPaused = false
    var isMounted = false
    /// How the first process is restored at its start, where it was created from a checkpoint.
    var restoring: [String]?
    var cgroup: ContainerCgroup?
    var oomWatch: OutOfMemoryWatch?
    /// Tells the end of the first process once those of the others are told.
    var heldEnd: (() -> Void)?

    init(id: String, bundle: String, host: TaskHost) {
        self.id = id
        self.bundle = bundle
        self.host = host
        runtime = RuntimeProgram(
            path: host.defaultRuntime, root: "\(host.defaultRoot)/\(host.namespace)", bundle: bundle,
            reaper: host.reaper)
    }

    var context: StreamContext { host.context }
    var publisher: EventPublisher { host.publisher }
    var rootfs: String { "\(bundle)/rootfs" }

    /// The process with this exec id, the first for an empty one.
    func process(_ execID: String) throws(ShimError) -> ShimProcess {
        if execID.isEmpty {
            guard let initial else { throw .notFound("container not created") }
            return initial
        }
        guard let exec = execs[execID] else { throw .notFound("process does not exist \(execID)") }
        return exec
    }

    /// The first process, if it runs.
    func runningProcess(_ wish: String) throws(ShimError) -> ShimProcess {
        let process = try process("")
        switch process.phase {
        case .running: return process
        case .created, .starting: throw .state("cannot \(wish) task in created state")
        case .stopped: throw .state("cannot \(wish) a stopped container")
        }
    }

    /// Names become parts of file names.
    static func isValidName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 128 else { return false }
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        return isAlphanumeric(first) && name.utf8.allSatisfy { isAlphanumeric($0) || [0x2D, 0x2E, 0x5F].contains($0) }
    }

    // MARK: Ends

    /// Follows a process that the runtime made, to its end.
    func follow(_ process: ShimProcess) {
        host.reaper.watch(process.pid) { [weak self, weak process] status in
            guard let self, let process else { return }
            let exit = ProcessExit.now(pid: UInt32(process.pid), status: UInt32(status.shellCode))
            if process.phase == .starting { process.earlyExit = exit } else { ended(process, exit) }
        }
    }

    /// All output first, then the record, then the news; a container's end after those of what was executed in it.
    func ended(_ process: ShimProcess, _ exit: ProcessExit) {
        let isFirst = process.execID.isEmpty
        if isFirst { endOthers() }
        process.streams.processEnded { [weak self] in
            guard let self else { return }
            guard isFirst, hasLivingExec else { return tellEnd(process, exit) }
            heldEnd = { [weak self] in self?.tellEnd(process, exit) }
            context.loop.schedule(after: ContainerTask.execLimit) { [weak self] in self?.releaseEnd() }
        }
    }

    private var hasLivingExec: Bool {
        execs.values.contains { exec in
            switch exec.phase {
            case .running, .starting: true
            case .created, .stopped: false
            }
        }
    }

    private func releaseEnd() {
        let held = heldEnd
        heldEnd = nil
        held?()
    }

    private func tellEnd(_ process: ShimProcess, _ exit: ProcessExit) {
        if process.execID.isEmpty { oomWatch?.check() }
        do {
            try File.replace(exitPath(process.execID), with: Array(exit.text.utf8))
        } catch {
            context.report("cannot keep the exit status: \(error)")
        }
        process.stop(exit)
        var event = Containerd_Events_TaskExit()
        event.containerID = id
        event.id = process.execID.isEmpty ? id : process.execID
        event.pid = exit.pid
        event.exitStatus = exit.status
        event.exitedAt = exit.timestamp
        publisher.publish("/tasks/exit", event)
        if !hasLivingExec { releaseEnd() }
    }

    /// The kernel ends what shares a PID namespace of the container's own; elsewhere the runtime has to.
    private func endOthers() {
        guard let text = try? File.read("\(bundle)/config.json", limit: 16 << 20), PIDNamespace.isShared(text) else {
            return
        }
        runtime.run(["kill", "--all", id, "KILL"]) { [weak self] result in
            guard let self, case .failure(let error) = result, let cgroup else { return }
            // A runtime that refuses since the first process is gone leaves the others to us.
            if (try? cgroup.signalAll(SIGKILL)) == nil { context.report("processes are left over: \(error)") }
        }
    }

    func exitPath(_ execID: String) -> String { execID.isEmpty ? "\(bundle)/exit" : "\(bundle)/exit-\(execID)" }

    // MARK: Signals

    func kill(_ execID: String, signal: Int32, all: Bool, completion: @escaping (Result<Void, ShimError>) -> Void) {
        do throws(ShimError) {
            let process = try process(execID)
            guard process.pid > 0, process.exit == nil, process.earlyExit == nil else {
                throw .notFound("process already finished")
            }
            if all, execID.isEmpty {
                return runtime.run(["kill", "--all", id, String(signal)], completion: completion)
            }
            // It is our child and not reaped, so its number is its own.
            guard Glibc.kill(process.pid, signal) == 0 else {
                throw .system(SystemError(operation: "kill", path: nil, errno: errno))
            }
            // Version 1 of the freezer lets a frozen process die only once it thaws.
            guard isPaused, signal == SIGKILL else { return completion(.success(())) }
            isPaused = false
            runtime.run(["resume", id], completion: completion)
        } catch {
            completion(.failure(error))
        }
    }
}
