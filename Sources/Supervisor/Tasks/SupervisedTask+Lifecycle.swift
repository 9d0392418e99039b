internal import Glibc
internal import LinuxSystem
internal import SupervisorProtocol
internal import SwiftProtobuf
internal import TTRPC
internal import TaskProtocol

/// Create, Start, Exec and Delete.
extension SupervisedTask {
    private static let killSignal: UInt32 = 9
    private static let deathLimit = Duration.seconds(10)

    /// Makes bundle, shim and container; undoes all of it where one step fails.
    func create(_ request: Skiff_Supervisor_V1_CreateRequest) async throws -> UInt32 {
        let streams = try ShimStreams(request.stdio, isOwnShim: record.isOwnShim)
        do {
            try File.makeDirectories("\(environment.configuration.state)/\(key.namespace)", mode: 0o711)
            try bundle.make(specification: Array(request.spec), hasRootMounts: !request.rootfs.isEmpty)
            try record.save(in: bundle.path)
            try readLog()
            let socket = try await environment.launcher.start(record.shim, key: key, bundle: bundle.path)
            // Our shim writes it itself; others leave it to their supervisor.
            try File.replace("\(bundle.path)/address", with: Array("unix://\(socket)".utf8))
            let client = try connect(to: socket)
            let pid = try await client.create(shimRequest(request, streams))
            processes[""] = Process(state: .created(pid: pid))
            record.pid = pid
            record.phase = .created
            try record.save(in: bundle.path)
            // Its loss until here was nobody's.
            if !client.rpc.isOpen { environment.background.begin { [self] in await shimWasLost() } }
        } catch {
            await undo()
            throw error
        }
        follow("")
        let pid = record.pid
        await environment.events.publish(key, .create) { $0.pid = pid }
        return pid
    }

    private func undo() async {
        isDeleting = true
        if case .connected(let client) = shim {
            try? await client.shutdown()
            client.rpc.close()
        }
        shim = .gone
        if File.exists("\(bundle.path)/shim.pid") || File.exists("\(bundle.path)/address") {
            do {
                try await ensureCleanedUp()
            } catch {
                environment.log(.error, "undoing container \(key.id): \(error)")
            }
        }
        do {
            try bundle.remove()
        } catch {
            environment.log(.error, "undoing container \(key.id): \(error)")
        }
    }

    private func shimRequest(
        _ request: Skiff_Supervisor_V1_CreateRequest, _ streams: ShimStreams
    ) throws -> Containerd_Task_V2_CreateTaskRequest {
        var options = Containerd_Runc_V1_Options()
        options.binaryName = record.runtime
        options.root = environment.configuration.runtimeRoot
        var create = Containerd_Task_V2_CreateTaskRequest()
        create.id = key.id
        create.bundle = bundle.path
        create.terminal = request.stdio.terminal
        create.stdin = streams.stdin
        create.stdout = streams.stdout
        create.stderr = streams.stderr
        create.checkpoint = request.checkpoint
        create.options.typeURL = Containerd_Runc_V1_Options.protoMessageName
        create.options.value = try options.serializedData()
        create.rootfs = request.rootfs.map { mount in
            var result = Containerd_Types_Mount()
            result.type = mount.type
            result.source = mount.source
            result.target = mount.target
            result.options = mount.options
            return result
        }
        return create
    }

    func start(_ execID: String) async throws -> (pid: UInt32, at: Moment) {
        let client = try client()
        guard try process(execID).state.exit == nil, processes[execID]?.state.beginStart() == true else {
            throw SupervisorError.state("process is started already")
        }
        let pid: UInt32
        do {
            pid = try await client.start(execID)
        } catch {
            if let exit = processes[execID]?.state.startFailed() { await ended(execID, exit) }
            throw error
        }
        let now = Moment.now
        let early = processes[execID]?.state.started(pid: pid, at: now)
        if execID.isEmpty {
            record.startedAt = now
            save()
        } else {
            follow(execID)
        }
        await environment.events.publish(key, execID.isEmpty ? .start : .execStarted) { event in
            event.execID = execID
            event.pid = pid
        }
        if let early { await ended(execID, early) }
        return (pid, now)
    }

    func exec(_ request: Skiff_Supervisor_V1_ExecRequest) async throws {
        guard TaskKey.isValid(request.execID) else {
            throw SupervisorError.invalid("bad exec id \"\(request.execID)\"")
        }
        let client = try client()
        guard case .running = try process("").state else {
            throw SupervisorError.state("container \(key.id) is not running")
        }
        guard processes[request.execID] == nil else {
            throw SupervisorError.exists("process \(request.execID) exists in container \(key.id)")
        }
        let streams = try ShimStreams(request.stdio, isOwnShim: record.isOwnShim)
        var exec = Containerd_Task_V2_ExecProcessRequest()
        exec.id = key.id
        exec.execID = request.execID
        exec.terminal = request.stdio.terminal
        exec.stdin = streams.stdin
        exec.stdout = streams.stdout
        exec.stderr = streams.stderr
        exec.spec.typeURL = "types.containerd.io/opencontainers/runtime-spec/1/Process"
        exec.spec.value = request.process
        processes[request.execID] = Process(state: .created(pid: 0))
        record.execs.append(request.execID)
        save()
        do {
            try await client.exec(exec)
        } catch {
            forget(request.execID)
            throw error
        }
        await environment.events.publish(key, .execAdded) { $0.execID = request.execID }
    }

    /// Removes an ended process; for the first one the container.
    func delete(_ execID: String, force: Bool) async throws -> (pid: UInt32, exit: ProcessState.Exit) {
        if force { try await endForDelete(execID) }
        let state = try process(execID).state
        switch state {
        case .starting, .running: throw SupervisorError.state("process is still running")
        case .created, .stopped: break
        }
        guard execID.isEmpty else {
            if case .connected(let client) = shim { _ = try await client.delete(execID) }
            forget(execID)
            return (state.pid, state.exit ?? ProcessState.Exit(status: 0, at: .now))
        }
        return try await deleteContainer(state)
    }

    private func deleteContainer(_ state: ProcessState) async throws -> (pid: UInt32, exit: ProcessState.Exit) {
        guard !isDeleting else { throw SupervisorError.state("container \(key.id) is being deleted") }
        isDeleting = true
        record.phase = .deleting
        save()
        var exit = state.exit
        do {
            if let end = try await endShim() {
                exit = exit ?? ProcessState.Exit(status: end.exitStatus, at: Moment(end.exitedAt))
            }
        } catch {
            isDeleting = false
            record.phase = .created
            save()
            throw error
        }
        shim = .gone
        let final = exit ?? ProcessState.Exit(status: 137, at: .now)
        // Before the bundle goes: without it the next supervisor would not know whose ends there are to tell.
        for execID in processes.keys where processes[execID]?.state.exit == nil {
            if processes[execID]?.state.ended(final) == true { await announce(execID, final) }
        }
        do {
            try bundle.remove()
        } catch {
            isDeleting = false
            throw error
        }
        await tellDeletion(pid: state.pid, final)
        await onRemoval(key)
        return (state.pid, final)
    }

    /// Has the shim delete the container and end, or cleans up after it.
    private func endShim() async throws -> Containerd_Task_V2_DeleteResponse? {
        guard case .connected(let client) = shim else {
            try await ensureCleanedUp()
            return nil
        }
        var response: Containerd_Task_V2_DeleteResponse?
        do {
            response = try await client.delete("")
            try await client.shutdown()
        } catch let error as RPCError where error.code == .unavailable || error.code == .deadlineExceeded {
            // The shim died or hangs: its own clean-up ends what is left.
            try await ensureCleanedUp()
        }
        client.rpc.close()
        return response
    }

    func tellDeletion(pid: UInt32, _ exit: ProcessState.Exit) async {
        await environment.events.publish(key, .delete) { event in
            event.pid = pid
            event.exitStatus = exit.status
            event.exitedAt = exit.at.timestamp
        }
    }

    private func endForDelete(_ execID: String) async throws {
        guard try process(execID).state.exit == nil, case .connected(let client) = shim else { return }
        if case .created = try process(execID).state { return }
        do {
            try await client.kill(execID, signal: SupervisedTask.killSignal, all: execID.isEmpty)
        } catch let error as RPCError where error.code == .notFound {
            // It ended by itself.
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await self.wait(execID) }
            group.addTask {
                try await Task.sleep(for: SupervisedTask.deathLimit)
                throw RPCError(.deadlineExceeded, "container does not end though it was killed")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func forget(_ execID: String) {
        let waiters = processes.removeValue(forKey: execID)?.waiters ?? [:]
        for waiter in waiters.values {
            waiter.resume(throwing: SupervisorError.notFound("process \(execID) is deleted"))
        }
        record.execs.removeAll { $0 == execID }
        save()
    }
}
