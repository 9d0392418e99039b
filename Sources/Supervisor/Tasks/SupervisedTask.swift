internal import LinuxSystem
internal import SupervisorProtocol
internal import SwiftProtobuf
internal import TTRPC
internal import TaskProtocol

/// One container: its shim, its processes, and the steps of their lives.
actor SupervisedTask {
    struct Process: Sendable {
        var state: ProcessState
        var waiters: [UInt64: CheckedContinuation<ProcessState.Exit, any Error>] = [:]
    }

    enum Shim {
        /// Found after a restart, its answers still to come.
        case unknown
        case connected(ShimClient)
        /// Dead, and cleaned up after.
        case gone
    }

    let key: TaskKey
    let environment: SupervisorEnvironment
    let bundle: Bundle
    var record: TaskRecord
    var shim = Shim.unknown
    var attachSocket = ""
    private var logReader: ShimLogReader?
    /// By exec id; the container's first process under the empty one.
    var processes: [String: Process] = [:]
    var isPaused = false
    var isDeleting = false
    private var waiterCount: UInt64 = 0
    /// Those who wait for the clean-up after the shim, while that is under way.
    private var cleaning: [CheckedContinuation<Void, Never>]?
    private var isCleanedUp = false
    /// Tells the registry that the container is no more.
    let onRemoval: @Sendable (TaskKey) async -> Void

    init(
        key: TaskKey, record: TaskRecord, environment: SupervisorEnvironment,
        onRemoval: @escaping @Sendable (TaskKey) async -> Void
    ) {
        self.key = key
        self.record = record
        self.environment = environment
        self.onRemoval = onRemoval
        bundle = environment.bundle(key)
    }

    func client() throws(SupervisorError) -> ShimClient {
        switch shim {
        case .connected(let client): return client
        case .unknown: throw .unavailable("the shim of container \(key.id) does not answer yet")
        case .gone: throw .state("the shim of container \(key.id) is gone")
        }
    }

    func process(_ execID: String) throws(SupervisorError) -> Process {
        guard let process = processes[execID] else {
            throw .notFound(
                execID.isEmpty ? "container \(key.id) is not created" : "no process \(execID) in container \(key.id)")
        }
        return process
    }

    func save() {
        do {
            try record.save(in: bundle.path)
        } catch {
            environment.log(.error, "cannot keep the record of container \(key.id): \(error)")
        }
    }

    // MARK: Ends

    /// Waits for a process's end. Cancelling the wait leaves the process alone.
    func wait(_ execID: String) async throws -> ProcessState.Exit {
        if let exit = try process(execID).state.exit { return exit }
        waiterCount += 1
        let number = waiterCount
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                processes[execID]?.waiters[number] = continuation
                // The cancellation handler may have run before there was anything to cancel.
                if Task.isCancelled { cancelWait(execID, number) }
            }
        } onCancel: {
            environment.background.begin { [weak self] in await self?.cancelWait(execID, number) }
        }
    }

    private func cancelWait(_ execID: String, _ number: UInt64) {
        processes[execID]?.waiters.removeValue(forKey: number)?.resume(throwing: CancellationError())
    }

    /// Takes the report of an end, from whichever source it comes first.
    func ended(_ execID: String, _ exit: ProcessState.Exit) async {
        guard processes[execID]?.state.ended(exit) == true else { return }
        await announce(execID, exit)
    }

    /// Tells an end to those who wait and, unless it was told before a restart, to all who follow the events.
    func announce(_ execID: String, _ exit: ProcessState.Exit, mayBeTold: Bool = false) async {
        let waiters = processes[execID]?.waiters ?? [:]
        let pid = processes[execID]?.state.pid ?? 0
        processes[execID]?.waiters = [:]
        for waiter in waiters.values { waiter.resume(returning: exit) }
        if mayBeTold, await isTold(execID) { return }
        await environment.events.publish(key, .exit) { event in
            event.execID = execID
            event.pid = pid
            event.exitStatus = exit.status
            event.exitedAt = exit.at.timestamp
        }
        guard execID.isEmpty, !isDeleting else { return }
        record.isExitTold = true
        save()
    }

    private func isTold(_ execID: String) async -> Bool {
        if execID.isEmpty, record.isExitTold == true { return true }
        return await environment.events.hasExit(key, execID)
    }

    /// Follows a process to its end through its shim's Wait.
    func follow(_ execID: String) {
        guard case .connected(let client) = shim else { return }
        environment.background.begin { [weak self, log = environment.log] in
            do {
                let exit = try await client.wait(execID)
                await self?.ended(execID, exit)
            } catch let error as RPCError where error.code != .unavailable {
                log(.debug, "waiting for \(client.id) \(execID): \(error)")
            } catch {
                // The connection is lost: shimWasLost has it in hand.
            }
        }
    }

    // MARK: The shim's life

    /// Shims other than ours log into a FIFO.
    func readLog() throws(SystemError) {
        guard !record.isOwnShim, logReader == nil else { return }
        logReader = try ShimLogReader(
            bundle: bundle.path, id: key.id, thread: environment.thread, log: environment.log)
    }

    func connect(to socket: String) throws(RPCError) -> ShimClient {
        let rpc = try RPCClient(path: socket, thread: environment.thread)
        let client = ShimClient(id: key.id, rpc: rpc)
        shim = .connected(client)
        attachSocket = record.isOwnShim ? socket + ".attach" : ""
        rpc.onClose { [weak self, background = environment.background] in
            background.begin { [weak self] in await self?.shimWasLost() }
        }
        return client
    }

    /// The connection to the shim ended. If the shim lives, connects anew; else cleans up and reports the end of all.
    func shimWasLost() async {
        // While the container is being made its maker has it in hand.
        guard record.phase != .creating, !isDeleting, case .connected(let client) = shim, !client.rpc.isOpen else {
            return
        }
        if await reconnect() { return }
        shim = .gone
        environment.log(.warn, "shim of container \(key.id) is gone")
        await endAll(await cleanUpAfterShim())
    }

    private func reconnect() async -> Bool {
        guard let address = try? File.readText("\(bundle.path)/address", limit: 4096),
            let socket = ShimLauncher.socketPath(address), (try? connect(to: socket)) != nil
        else { return false }
        await refresh()
        return true
    }

    /// Asks the shim where its processes stand, and follows those that live.
    func refresh() async {
        guard case .connected(let client) = shim else { return }
        for execID in [""] + record.execs {
            do {
                // Without a deadline: a shim that is stopped delays nobody but its own container.
                apply(try await client.state(execID, timeout: nil), to: execID)
            } catch let error as RPCError where error.code == .notFound {
                processes[execID] = nil
            } catch {
                return environment.log(.warn, "state of \(key.id) \(execID): \(error)")
            }
            if let exit = processes[execID]?.state.exit {
                await announce(execID, exit, mayBeTold: true)
            } else if processes[execID] != nil {
                follow(execID)
            }
        }
    }

    private func apply(_ response: Containerd_Task_V2_StateResponse, to execID: String) {
        var process = processes[execID] ?? Process(state: .created(pid: response.pid))
        let since = process.state.startedAt ?? record.startedAt ?? record.createdAt
        switch response.status {
        case .running, .pausing: process.state = .running(pid: response.pid, since: since)
        case .paused:
            process.state = .running(pid: response.pid, since: since)
            if execID.isEmpty { isPaused = true }
        case .stopped:
            let exit = ProcessState.Exit(status: response.exitStatus, at: Moment(response.exitedAt))
            process.state = .stopped(pid: response.pid, since: record.startedAt, exit)
        default: process.state = .created(pid: response.pid)
        }
        processes[execID] = process
    }

    /// Runs the shim's own clean-up and answers how the container ended.
    func cleanUpAfterShim() async -> ProcessState.Exit {
        var exit = ProcessState.Exit(status: 137, at: .now)
        cleaning = cleaning ?? []
        do {
            let response = try await environment.launcher.delete(record.shim, key: key, bundle: bundle.path)
            if response.exitedAt.seconds > 0 { exit.at = Moment(response.exitedAt) }
            exit.status = response.exitStatus
            isCleanedUp = true
        } catch {
            environment.log(.error, "cleaning up after the shim of \(key.id): \(error)")
        }
        let waiting = cleaning ?? []
        cleaning = nil
        for continuation in waiting { continuation.resume() }
        return exit
    }

    /// Before the bundle of a container whose shim is dead may go: without it nobody would know what there is to clean
    /// up. What is under way is waited for, what failed is tried again.
    func ensureCleanedUp() async throws {
        if cleaning != nil { await withCheckedContinuation { cleaning?.append($0) } }
        guard !isCleanedUp else { return }
        _ = try await environment.launcher.delete(record.shim, key: key, bundle: bundle.path)
        isCleanedUp = true
    }

    /// The shim is dead: every process that was not known to have ended was killed with it.
    func endAll(_ exit: ProcessState.Exit) async {
        if processes[""] == nil {
            processes[""] = Process(state: .created(pid: record.pid))
        }
        for execID in processes.keys.sorted().reversed() {
            let exit = execID.isEmpty ? exit : ProcessState.Exit(status: 137, at: exit.at)
            guard processes[execID]?.state.ended(exit) == true else { continue }
            await announce(execID, exit, mayBeTold: true)
        }
    }

    // MARK: Events that the shim delivered

    /// A start that an earlier supervisor had asked for, which did not live to hear of it.
    func wasStarted(pid: UInt32) async {
        guard case .created = processes[""]?.state else { return }
        let now = Moment.now
        processes[""]?.state = .running(pid: pid, since: now)
        record.startedAt = now
        save()
        await environment.events.publish(key, .start) { $0.pid = pid }
    }

    func wasKilledForMemory() async {
        record.oomKilled = true
        save()
        await environment.events.publish(key, .oom)
    }
}
