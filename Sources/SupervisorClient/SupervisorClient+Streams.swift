/// The Streams, Stats, Events and Health services.
extension SupervisorClient {
    /// The socket on which a process's shim serves attach clients.
    public func attach(_ request: ProcessRequest) async throws -> AttachResponse {
        try await call(Service.streams, "Attach", request)
    }

    /// Sets the size of a process's terminal.
    public func resize(_ request: ResizeRequest) async throws {
        try await perform(Service.streams, "Resize", request)
    }

    /// Closes a process's standard input.
    public func closeStdin(_ request: ProcessRequest) async throws {
        try await perform(Service.streams, "CloseStdin", request)
    }

    /// A container's resource use.
    public func stats(_ request: ProcessRequest) async throws -> StatsResponse {
        try await call(Service.stats, "Get", request)
    }

    /// The cursors of the events that are retained; ``events(namespace:since:)`` with the newest hears of those to come.
    public func eventWindow() async throws -> EventWindow {
        try await call(Service.events, "Window", Empty())
    }

    /// The supervisor's version and pid.
    public func version() async throws -> VersionResponse {
        try await call(Service.health, "Version", Empty())
    }
}
