internal import LinuxSystem
internal import SupervisorProtocol
internal import TTRPC

/// All containers by name.
actor TaskRegistry {
    private let environment: SupervisorEnvironment
    private let containers: ContainerStore
    private var tasks: [TaskKey: SupervisedTask] = [:]
    /// Names whose containers are being made.
    private var reserved: Set<TaskKey> = []
    /// Names of those that an earlier supervisor had begun to make or to delete, until they are gone.
    private var undoing: Set<TaskKey> = []

    init(environment: SupervisorEnvironment, containers: ContainerStore) {
        self.environment = environment
        self.containers = containers
    }

    func task(_ namespace: String, _ id: String) throws -> SupervisedTask {
        let key = try TaskKey(namespace: namespace, id: id)
        guard let task = tasks[key] else { throw SupervisorError.notFound("container \(id) is not known") }
        return task
    }

    func all(namespace: String) -> [SupervisedTask] {
        tasks.filter { namespace.isEmpty || $0.key.namespace == namespace }.map(\.value)
    }

    /// Whether the container has a task, or is about to.
    func has(_ key: TaskKey) -> Bool { tasks[key] != nil || reserved.contains(key) || undoing.contains(key) }

    func create(_ request: Skiff_Supervisor_V1_CreateRequest) async throws -> (pid: UInt32, attachSocket: String) {
        let key = try TaskKey(namespace: request.namespace, id: request.id)
        guard tasks[key] == nil, !reserved.contains(key) else {
            throw SupervisorError.exists("container \(request.id) exists already")
        }
        guard !undoing.contains(key) else {
            throw SupervisorError.unavailable("an earlier container \(request.id) is being removed: try again")
        }
        reserved.insert(key)
        defer { reserved.remove(key) }
        let request = request.spec.isEmpty ? try await completed(request, key) : request
        let shim = try ShimProgramName.resolve(request.shim, default: environment.configuration.shim)
        let record = TaskRecord(
            phase: .creating, namespace: key.namespace, id: key.id, shim: shim.path, isOwnShim: shim.isOwn,
            runtime: request.runtime.isEmpty ? environment.configuration.runtime : request.runtime,
            labels: request.labels, createdAt: .now)
        let task = makeTask(key, record)
        let pid = try await task.create(request)
        tasks[key] = task
        return (pid, await task.attachSocket)
    }

    /// The request with what the container's record says.
    private func completed(
        _ request: Skiff_Supervisor_V1_CreateRequest, _ key: TaskKey
    ) async throws -> Skiff_Supervisor_V1_CreateRequest {
        let record = try await containers.record(key)
        var request = request
        request.spec = .init(record.spec.utf8)
        if request.shim.isEmpty { request.shim = record.shim }
        if request.runtime.isEmpty { request.runtime = record.runtime }
        request.labels.merge(record.labels) { given, _ in given }
        return request
    }

    private func makeTask(_ key: TaskKey, _ record: TaskRecord) -> SupervisedTask {
        SupervisedTask(key: key, record: record, environment: environment) { [weak self] key in
            await self?.remove(key)
        }
    }

    private func remove(_ key: TaskKey) { tasks[key] = nil }

    // MARK: Recovery

    /// Finds every container of an earlier supervisor: connects to its shim, undoes it where it is half made, reports
    /// its end where its shim is dead. Returns when each is done or `limit` is over; the slow ones go on behind.
    func recover(within limit: Duration) async {
        let (done, continuation) = AsyncStream<Void>.makeStream()
        var count = 0
        for key in findBundles() {
            count += 1
            environment.background.begin { [self] in
                await recover(key)
                continuation.yield()
            }
        }
        guard count > 0 else { return }
        let expected = count
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var finished = 0
                for await _ in done {
                    finished += 1
                    if finished == expected { return }
                }
            }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func findBundles() -> [TaskKey] {
        let state = environment.configuration.state
        let namespaces = (try? File.names(in: state)) ?? []
        return namespaces.filter(TaskKey.isValid).flatMap { namespace in
            ((try? File.names(in: "\(state)/\(namespace)")) ?? []).compactMap {
                try? TaskKey(namespace: namespace, id: $0)
            }
        }
    }

    private func recover(_ key: TaskKey) async {
        let bundle = environment.bundle(key)
        guard let record = try? TaskRecord.load(from: bundle.path) else {
            // Not even recorded: nothing but files can have been made.
            environment.log(.warn, "removing \(bundle.path), which has no record")
            return remove(bundle)
        }
        let task = makeTask(key, record)
        guard record.phase == .created else {
            environment.log(.info, "undoing container \(key.id), found \(record.phase)")
            // Its name is free once that is done.
            undoing.insert(key)
            defer { undoing.remove(key) }
            await task.finishInterrupted()
            return remove(bundle)
        }
        tasks[key] = task
        await task.recover()
    }

    private func remove(_ bundle: Bundle) {
        do {
            try bundle.remove()
        } catch {
            environment.log(.error, "cannot remove \(bundle.path): \(error)")
        }
    }
}
