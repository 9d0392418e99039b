import EngineAPI
import Glibc
import ImageStore
import LinuxSystem
import Networking
import OCISpec
import SupervisorClient
import TTRPC

extension Container {
    package func start() async throws {
        try await operations.withLock { try await self.startExclusively() }
    }

    func startExclusively() async throws {
        switch state {
        case .running(let run):
            guard !run.isPaused else {
                throw EngineError(.conflict, "cannot start a paused container, try unpause instead")
            }
            throw EngineError(.notModified, "container \(id) is already running")
        case .removing, .removed:
            throw EngineError(.conflict, "container is marked for removal and cannot be started")
        case .waitingToRestart(let task):
            task.cancel()
        case .idle, .starting: break
        }
        state = .starting
        do {
            let run = try await launch()
            record.phase = .running
            record.pid = run.pid
            record.error = ""
            record.exitCode = 0
            record.oomKilled = false
            record.stoppedByUser = false
            policyIsOff = false
            state = .running(run)
        } catch {
            try await undoStart(error)
        }
        // Clients that came while the start was under way.
        if let run { await connectPendingAttachments(to: run.attachSocket) }
        await publish("start")
        await saveOrLog()
    }

    /// Makes everything that the program needs and starts it: the path that `docker run` waits for.
    private func launch() async throws -> Run {
        let client = try await dependencies.supervisor.client()
        async let endpoint = attachNetwork()
        let volumes: [SpecMount]
        do {
            volumes = try await resolveMounts()
        } catch {
            // The network must be there or not before it is undone.
            _ = try? await endpoint
            throw error
        }
        record.endpoint = try await endpoint
        let namespace = try await networkNamespace()
        try await writeNetworkFiles()
        let mount = try dependencies.images.snapshotMount(id)
        let spec = try await buildSpec(mount: mount, volumes: volumes, network: namespace)
        logEnd = LogStopSignal()
        let created = try await createTask(client, spec: spec, mount: mount)
        await connectPendingAttachments(to: created.attachSocket)
        var request = SupervisorClient.StartRequest()
        request.namespace = SupervisorLink.namespace
        request.id = id
        let started = try await client.start(request)
        record.startedAt = Timestamp(
            seconds: started.startedAt.seconds, nanoseconds: Int64(started.startedAt.nanos))
        return Run(pid: Int(started.pid), attachSocket: created.attachSocket, isPaused: false)
    }

    private func createTask(
        _ client: SupervisorClient, spec: OCISpec.Spec, mount: SnapshotMount
    ) async throws -> SupervisorClient.CreateResponse {
        var request = SupervisorClient.CreateRequest()
        request.namespace = SupervisorLink.namespace
        request.id = id
        request.spec = .init(try OCIJSON.encode(spec))
        var root = SupervisorClient.Mount()
        root.type = "overlay"
        root.source = "overlay"
        root.options = mount.overlayOptions
        request.rootfs = [root]
        request.stdio.terminal = record.config.tty
        request.stdio.stdin = record.config.openStdin
        request.stdio.keepStdin = record.config.openStdin && !record.config.stdinOnce
        request.stdio.log = logURI
        if record.hostConfig.consoleSize.count == 2 {
            request.stdio.height = UInt32(clamping: record.hostConfig.consoleSize[0])
            request.stdio.width = UInt32(clamping: record.hostConfig.consoleSize[1])
        }
        request.runtime = try dependencies.configuration.runtimeProgram(record.runtime)
        return try await client.create(request)
    }

    private func buildSpec(
        mount: SnapshotMount, volumes: [SpecMount], network: SpecInput.NetworkNamespace
    ) async throws -> OCISpec.Spec {
        var input = SpecInput(id: id, config: record.config, hostConfig: record.hostConfig)
        input.network = network
        input.pidNamespacePath = try await namespacePath(record.hostConfig.pidMode, kind: "pid")
        input.ipcNamespacePath = try await namespacePath(record.hostConfig.ipcMode, kind: "ipc")
        if NamespaceMode(record.hostConfig.ipcMode).isHost { input.sharedMemoryPath = "/dev/shm" }
        let files = try await networkFilePaths()
        input.files = SpecInput.NetworkFiles(
            hosts: files.hosts, hostname: files.hostname, resolvConf: files.resolvConf)
        input.mounts = volumes
        input.initPath = dependencies.configuration.programDirectory + "/skiff-init"
        input.initByDefault = dependencies.configuration.useInit
        input.defaultUlimits = dependencies.configuration.defaultUlimits
        input.dataRoot = dependencies.configuration.dataRoot
        let specs = dependencies.specs
        let prepared = input
        return try await dependencies.work.run {
            let root = try RootView(mount)
            var input = prepared
            input.rootDescriptor = root.descriptor.rawValue
            return try specs.build(input)
        }
    }

    /// The namespace of another container, for `container:<name>`.
    private func namespacePath(_ mode: String, kind: String) async throws -> String? {
        guard let name = NamespaceMode(mode).sharedContainer else { return nil }
        let other = try await siblings.container(name)
        guard let run = await other.run else {
            throw EngineError(
                .conflict, "cannot join the \(kind.uppercased()) namespace of a non running container: \(other.id)")
        }
        return "/proc/\(run.pid)/ns/\(kind)"
    }

    var logURI: String {
        let log = record.hostConfig.logConfig
        guard log.type != "none" else { return "" }
        let options = (log.config ?? [:]).sorted { $0.key < $1.key }
            .filter { ["max-size", "max-file", "compress"].contains($0.key) }
            .map { "\($0.key)=\($0.value)" }
        return "json-file://\(paths.log)" + (options.isEmpty ? "" : "?" + options.joined(separator: "&"))
    }

    // MARK: Failure

    /// Takes back what a failed start has made and tells why in dockerd's words.
    private func undoStart(_ cause: any Error) async throws -> Never {
        let failure = StartFailure(cause)
        await discardTask()
        await detachNetwork()
        logEnd.raise()
        closePendingAttachments()
        record.exitCode = failure.exitCode
        record.error = failure.message
        record.pid = 0
        record.phase = record.startedAt == .never ? .created : .exited
        state = .idle
        await saveOrLog()
        if record.hostConfig.autoRemove {
            let container = self
            // The removal takes this container's lock, which the start still holds.
            Task { await container.removeAfterEnd() }
        }
        throw EngineError(failure.kind, failure.message)
    }

    func removeAfterEnd() async {
        do {
            try await siblings.remove(self, options: ContainerRemoval(force: true, volumes: true))
        } catch {
            dependencies.logger.error("cannot remove container \(id): \(error)")
        }
    }

    /// Removes the task whatever its state; none is as good.
    func discardTask() async {
        do {
            var request = SupervisorClient.DeleteRequest()
            request.namespace = SupervisorLink.namespace
            request.id = id
            request.force = true
            _ = try await dependencies.supervisor.client().delete(request)
        } catch let error as RPCError where error.code == .notFound {
            return
        } catch {
            dependencies.logger.error("cannot remove task of container \(id): \(error)")
        }
    }
}
