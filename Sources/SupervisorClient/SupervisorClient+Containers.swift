/// The Containers and Namespaces services: what containers are made of, and whose they are.
extension SupervisorClient {
    /// Keeps a container's record; nothing runs by it.
    public func createContainer(_ container: Container) async throws -> Container {
        try await call(Service.containers, "Create", container)
    }

    /// A container's record, or for a task without one what it would say.
    public func container(_ request: ContainerRequest) async throws -> Container {
        try await call(Service.containers, "Get", request)
    }

    /// The records of a namespace, or of all.
    public func containers(_ request: ListContainersRequest) async throws -> ListContainersResponse {
        try await call(Service.containers, "List", request)
    }

    /// Changes the labels of a container's record.
    public func labelContainer(_ request: LabelRequest) async throws -> Container {
        try await call(Service.containers, "Label", request)
    }

    /// Forgets the record of a container without a task.
    public func deleteContainer(_ request: ContainerRequest) async throws {
        try await perform(Service.containers, "Delete", request)
    }

    /// Makes a namespace known, with its labels.
    public func createNamespace(_ namespace: Namespace) async throws -> Namespace {
        try await call(Service.namespaces, "Create", namespace)
    }

    /// The namespaces that were created, and those in which something is.
    public func namespaces() async throws -> ListNamespacesResponse {
        try await call(Service.namespaces, "List", Empty())
    }

    /// Changes the labels of a namespace.
    public func labelNamespace(_ request: LabelRequest) async throws -> Namespace {
        try await call(Service.namespaces, "Label", request)
    }

    /// Forgets an empty namespace.
    public func deleteNamespace(_ namespace: Namespace) async throws {
        try await perform(Service.namespaces, "Delete", namespace)
    }
}
