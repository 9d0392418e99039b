internal import Cgroups
internal import Glibc
internal import LinuxSystem
internal import SwiftProtobuf
internal import TTRPC
internal import TaskProtocol

/// Create, Start, Exec and Delete.
extension ContainerTask {
    typealias Completion<Value> = (Result<Value, ShimError>) -> Void

    func create(_ request: Containerd_Task_V2_CreateTaskRequest, completion: @escaping Completion<Int32>) {
        do throws(ShimError) {
            let plan = try StdioPlan(
                terminal: request.terminal, stdin: request.stdin, stdout: request.stdout, stderr: request.stderr)
            let options = try RuntimeOptions.unpack(request.options) ?? .init()
            try configureRuntime(options)
            let owner = StreamOwner(
                id: id, namespace: host.namespace, user: options.ioUid, group: options.ioGid)
            let streams = try ProcessStreams(plan, owner: owner, context: context)
            let process = ShimProcess(execID: "", request: request, streams: streams)
            try mountRoot(request.rootfs)
            guard request.checkpoint.isEmpty else {
                // The runtime makes the process at its start, as containerd's own shim has it.
                restoring = CheckpointCommand.restore(
                    bundle: bundle, images: request.checkpoint, parent: request.parentCheckpoint, options)
                created(process)
                return completion(.success(0))
            }
            isCreating = true
            let flags = (options.noPivotRoot ? ["--no-pivot"] : []) + (options.noNewKeyring ? ["--no-new-keyring"] : [])
            launch(process, ["create", "--bundle", bundle] + flags) { [unowned self] result in
                isCreating = false
                if case .failure = result { unmountRoot() } else { created(process) }
                completion(result.map { process.pid })
            }
        } catch {
            completion(.failure(error))
        }
    }

    private func created(_ process: ShimProcess) {
        initial = process
        if process.pid > 0 { watchCgroup(process) }
        var event = Containerd_Events_TaskCreate()
        event.containerID = id
        event.bundle = bundle
        event.rootfs = process.request.rootfs
        event.io.stdin = process.request.stdin
        event.io.stdout = process.request.stdout
        event.io.stderr = process.request.stderr
        event.io.terminal = process.request.terminal
        event.checkpoint = process.request.checkpoint
        event.pid = UInt32(process.pid)
        publisher.publish("/tasks/create", event)
        if process.pid > 0 { follow(process) }
    }

    private func watchCgroup(_ process: ShimProcess) {
        do {
            let cgroup = try ContainerCgroup(pid: process.pid, host: try .current())
            self.cgroup = cgroup
            oomWatch = try OutOfMemoryWatch(cgroup, loop: context.loop) { [unowned self] in
                var event = Containerd_Events_TaskOOM()
                event.containerID = id
                publisher.publish("/tasks/oom", event)
            }
        } catch {
            context.report("statistics or memory events are not available: \(error)")
        }
    }

    func exec(_ request: Containerd_Task_V2_ExecProcessRequest) throws(ShimError) {
        guard ContainerTask.isValidName(request.execID) else { throw .invalid("bad exec id \(request.execID)") }
        guard execs[request.execID] == nil else { throw .exists("id \(request.execID)") }
        guard let initial, initial.exit == nil else { throw .state("cannot exec in a stopped state") }
        guard !isPaused else { throw .state("cannot exec in a paused state") }
        let plan = try StdioPlan(
            terminal: request.terminal, stdin: request.stdin, stdout: request.stdout, stderr: request.stderr)
        let first = try RuntimeOptions.unpack(initial.request.options) ?? .init()
        let owner = StreamOwner(
            id: request.execID, namespace: host.namespace, user: first.ioUid, group: first.ioGid)
        var streams = Containerd_Task_V2_CreateTaskRequest()
        streams.terminal = request.terminal
        streams.stdin = request.stdin
        streams.stdout = request.stdout
        streams.stderr = request.stderr
        execs[request.execID] = ShimProcess(
            execID: request.execID, request: streams, streams: try ProcessStreams(plan, owner: owner, context: context),
            specification: Array(request.spec.value))
        var event = Containerd_Events_TaskExecAdded()
        event.containerID = id
        event.execID = request.execID
        publisher.publish("/tasks/exec-added", event)
    }

    func start(_ execID: String, completion: @escaping Completion<Int32>) {
        do throws(ShimError) {
            let process = try process(execID)
            guard process.phase == .created, !process.isBeingDeleted else {
                throw .state("cannot start a \(process.exit == nil ? "running" : "stopped") process")
            }
            process.phase = .starting
            let finish: Completion<Void> = { [unowned self] result in
                started(process, result)
                completion(result.map { process.pid })
            }
            if execID.isEmpty, let restoring {
                launch(process, restoring, completion: finish)
            } else if execID.isEmpty {
                runtime.run(["start", id], completion: finish)
            } else {
                startExec(process, completion: finish)
            }
        } catch {
            completion(.failure(error))
        }
    }

    private func startExec(_ process: ShimProcess, completion: @escaping Completion<Void>) {
        let specification = "\(bundle)/process-\(process.execID).json"
        do throws(SystemError) {
            try File.replace(specification, with: process.specification)
        } catch {
            return completion(.failure(.system(error)))
        }
        launch(process, ["exec", "--process", specification, "--detach"]) { result in
            unlink(specification)
            completion(result)
        }
    }

    private func started(_ process: ShimProcess, _ result: Result<Void, ShimError>) {
        let early = process.earlyExit
        process.earlyExit = nil
        guard case .success = result else {
            process.phase = .created
            if let early { ended(process, early) }
            return
        }
        process.phase = .running
        if process.execID.isEmpty {
            if restoring != nil { watchCgroup(process) }
            var event = Containerd_Events_TaskStart()
            event.containerID = id
            event.pid = UInt32(process.pid)
            publisher.publish("/tasks/start", event)
            if restoring != nil { follow(process) }
        } else {
            var event = Containerd_Events_TaskExecStarted()
            event.containerID = id
            event.execID = process.execID
            event.pid = UInt32(process.pid)
            publisher.publish("/tasks/exec-started", event)
            follow(process)
        }
        if let early { ended(process, early) }
    }

    // MARK: Delete

    func delete(_ execID: String, completion: @escaping Completion<ProcessExit>) {
        do throws(ShimError) {
            let process = try process(execID)
            if process.phase == .running || process.phase == .starting || process.isBeingDeleted {
                throw .state("cannot delete a running process")
            }
            guard execID.isEmpty else {
                completion(.success(forget(process)))
                return
            }
            process.isBeingDeleted = true
            let force = process.exit == nil ? ["--force"] : []
            runtime.run(["delete"] + force + [id]) { [unowned self] result in
                process.isBeingDeleted = false
                // A checkpoint that ends its container takes it from the runtime.
                if case .failure(let error) = result, !error.saysMissing { return completion(.failure(error)) }
                completion(.success(forget(process)))
            }
        } catch {
            completion(.failure(error))
        }
    }

    private func forget(_ process: ShimProcess) -> ProcessExit {
        process.streams.close()
        unlink(exitPath(process.execID))
        if process.execID.isEmpty {
            oomWatch = nil
            cgroup = nil
            initial = nil
            for exec in execs.values { exec.streams.close() }
            execs = [:]
            unmountRoot()
        } else {
            execs[process.execID] = nil
        }
        let exit = process.exit ?? .now(pid: UInt32(process.pid), status: process.pid > 0 ? 137 : 0)
        if process.exit == nil { process.stop(exit) }
        // As with containerd's shim the end of a process executed in a container is told by its exit alone.
        guard process.execID.isEmpty else { return exit }
        var event = Containerd_Events_TaskDelete()
        event.containerID = id
        event.id = process.execID
        event.pid = exit.pid
        event.exitStatus = exit.status
        event.exitedAt = exit.timestamp
        publisher.publish("/tasks/delete", event)
        return exit
    }

    // MARK: Parts

    private func configureRuntime(_ options: Containerd_Runc_V1_Options) throws(ShimError) {
        if !options.binaryName.isEmpty { runtime.path = options.binaryName }
        if !options.root.isEmpty { runtime.root = "\(options.root)/\(host.namespace)" }
        if options.systemdCgroup { runtime.flags.append("--systemd-cgroup") }
        if !options.criuPath.isEmpty { runtime.flags += ["--criu", options.criuPath] }
        do throws(SystemError) {
            // `delete` of a dead shim's container reads these.
            try File.replace("\(bundle)/runtime", with: Array("\(runtime.path)\n\(runtime.root)\n".utf8))
        } catch {
            throw .system(error)
        }
    }

    private func mountRoot(_ mounts: [Containerd_Types_Mount]) throws(ShimError) {
        guard !mounts.isEmpty else { return }
        do throws(SystemError) {
            try File.makeDirectories(rootfs, mode: 0o711)
            try RootMounts.mount(mounts, at: rootfs)
        } catch {
            throw .system(error)
        }
        isMounted = true
    }

    private func unmountRoot() {
        if isMounted { RootMounts.unmount(rootfs) }
        isMounted = false
    }

    /// Runs the runtime command that makes a process, with the process's standard streams.
    private func launch(_ process: ShimProcess, _ command: [String], completion: @escaping Completion<Void>) {
        process.streams.prepare { [unowned self] result in
            switch result {
            case .success: launchPrepared(process, command, completion)
            case .failure:
                process.streams.close()
                completion(result)
            }
        }
    }

    private func launchPrepared(_ process: ShimProcess, _ command: [String], _ completion: @escaping Completion<Void>) {
        let streams = process.streams
        let pidFile = "\(bundle)/\(process.execID.isEmpty ? "init" : process.execID).pid"
        do throws(SystemError) {
            let ends = try streams.open()
            let console = streams.plan.terminal ? try ConsoleSocket() : nil
            var arguments = command + ["--pid-file", pidFile]
            if let console { arguments += ["--console-socket", console.path] }
            let descriptors = (ends.stdin.rawValue, ends.stdout.rawValue, ends.stderr.rawValue)
            runtime.run(arguments + [id], descriptors: descriptors) { [unowned self] result in
                defer { unlink(pidFile) }
                let outcome = result.flatMap { finishLaunch(process, pidFile, console) }
                if case .failure = outcome { streams.close() }
                completion(outcome)
            }
            // The runtime has its own copies from here on; ours would keep the streams open.
            withExtendedLifetime(ends.stdin) {}
            withExtendedLifetime(ends.stdout) {}
            withExtendedLifetime(ends.stderr) {}
        } catch {
            streams.close()
            completion(.failure(.system(error)))
        }
    }

    private func finishLaunch(
        _ process: ShimProcess, _ pidFile: String, _ console: ConsoleSocket?
    ) -> Result<Void, ShimError> {
        do throws(SystemError) {
            let text = try File.readText(pidFile, limit: 64)
            guard let pid = Int32(text.split(whereSeparator: \.isWhitespace).first ?? ""), pid > 0 else {
                return .failure(.runtime("the runtime wrote no process id"))
            }
            process.pid = pid
            if let console {
                try process.streams.begin(terminal: console.receive())
            } else {
                try process.streams.begin(terminal: nil)
            }
            return .success(())
        } catch {
            return .failure(.system(error))
        }
    }
}
