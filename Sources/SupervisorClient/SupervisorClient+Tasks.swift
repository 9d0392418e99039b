/// The Tasks service: the life of containers and of the processes added to them.
extension SupervisorClient {
    /// Makes the bundle and the container, not yet running its program.
    public func create(_ request: CreateRequest) async throws -> CreateResponse {
        try await call(Service.tasks, "Create", request)
    }

    /// Starts the container's program, or a process added by ``exec(_:)``.
    public func start(_ request: StartRequest) async throws -> StartResponse {
        try await call(Service.tasks, "Start", request)
    }

    /// Adds a process to a running container; ``start(_:)`` runs it.
    public func exec(_ request: ExecRequest) async throws -> ExecResponse {
        try await call(Service.tasks, "Exec", request)
    }

    /// Sends a signal.
    public func kill(_ request: KillRequest) async throws {
        try await perform(Service.tasks, "Kill", request)
    }

    /// Waits until a process has ended, however long that takes.
    public func wait(_ request: WaitRequest) async throws -> WaitResponse {
        try await call(Service.tasks, "Wait", request, unlimited: true)
    }

    /// Forgets an ended process; for a container's first process the whole container.
    public func delete(_ request: DeleteRequest) async throws -> DeleteResponse {
        try await call(Service.tasks, "Delete", request)
    }

    /// Freezes a container's processes.
    public func pause(_ request: ProcessRequest) async throws {
        try await perform(Service.tasks, "Pause", request)
    }

    /// Thaws a container's processes.
    public func resume(_ request: ProcessRequest) async throws {
        try await perform(Service.tasks, "Resume", request)
    }

    /// Changes a container's resource limits.
    public func update(_ request: UpdateRequest) async throws {
        try await perform(Service.tasks, "Update", request)
    }

    /// Writes the state of a container's processes to a directory, however long that takes.
    public func checkpoint(_ request: CheckpointRequest) async throws {
        let _: Empty = try await call(Service.tasks, "Checkpoint", request, unlimited: true)
    }

    /// The process ids in a container, in the host's pid namespace.
    public func pids(_ request: ProcessRequest) async throws -> PidsResponse {
        try await call(Service.tasks, "Pids", request)
    }

    /// What the supervisor knows about a container or process.
    public func get(_ request: ProcessRequest) async throws -> TaskInfo {
        try await call(Service.tasks, "Get", request)
    }

    /// All containers of a namespace, or of all.
    public func list(_ request: ListRequest) async throws -> ListResponse {
        try await call(Service.tasks, "List", request)
    }
}
