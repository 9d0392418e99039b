internal import Cgroups
internal import Glibc
internal import LinuxSystem
internal import SwiftProtobuf
internal import TTRPC
internal import TaskProtocol

/// The one container of a shim: its first process, those added to it, and the operations on them.
///
/// Everything happens on the loop's thread; an operation that needs the runtime answers when that has ended.
final class ContainerTask {
    let id: String
    let namespace: String
    let bundle: String
    let context: StreamContext
    let reaper: ChildReaper
    let publisher: EventPublisher
    let defaultRuntime: String
    var runtime: RuntimeProgram
    var initial: ShimProcess?
    var execs: [String: ShimProcess] = [:]
    var isCreating = false
    var isPaused = false
    var isMounted = false
    var cgroup: ContainerCgroup?
    var oomWatch: OutOfMemoryWatch?

    init(
        id: String, namespace: String, bundle: String, defaultRuntime: String, defaultRoot: String,
        context: StreamContext, reaper: ChildReaper, publisher: EventPublisher
    ) {
        self.id = id
        self.namespace = namespace
        self.bundle = bundle
        self.context = context
        self.reaper = reaper
        self.publisher = publisher
        self.defaultRuntime = defaultRuntime
        runtime = RuntimeProgram(
            path: defaultRuntime, root: "\(defaultRoot)/\(namespace)", bundle: bundle, reaper: reaper)
    }

    var rootfs: String { "\(bundle)/rootfs" }

    /// The process with this exec id, the first for an empty one.
    func process(_ execID: String) throws(ShimError) -> ShimProcess {
        if execID.isEmpty {
            guard let initial else { throw .notFound("container \(id) is not created") }
            return initial
        }
        guard let exec = execs[execID] else { throw .notFound("process \(execID) of container \(id) is not known") }
        return exec
    }

    /// The first process, if it runs.
    func runningProcess() throws(ShimError) -> ShimProcess {
        let process = try process("")
        guard process.phase == .running else { throw .state("container \(id) is not running") }
        return process
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
        reaper.watch(process.pid) { [weak self, weak process] status in
            guard let self, let process else { return }
            let exit = ProcessExit.now(pid: UInt32(process.pid), status: UInt32(status.shellCode))
            if process.phase == .starting { process.earlyExit = exit } else { ended(process, exit) }
        }
    }

    /// All output first, then the record, then the news.
    func ended(_ process: ShimProcess, _ exit: ProcessExit) {
        process.streams.processEnded { [weak self] in
            guard let self else { return }
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
        }
    }

    func exitPath(_ execID: String) -> String { execID.isEmpty ? "\(bundle)/exit" : "\(bundle)/exit-\(execID)" }

    // MARK: Signals

    func kill(_ execID: String, signal: Int32, all: Bool, completion: @escaping (Result<Void, ShimError>) -> Void) {
        do throws(ShimError) {
            let process = try process(execID)
            guard process.pid > 0, process.exit == nil, process.earlyExit == nil else {
                throw .notFound("process has ended or has not started")
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
