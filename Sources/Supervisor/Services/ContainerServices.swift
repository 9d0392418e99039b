internal import SupervisorProtocol
internal import SwiftProtobuf
internal import TTRPC

/// The Containers and Namespaces services: what containers are made of, and whose they are.
struct ContainerServices: Sendable {
    private typealias Container = Skiff_Supervisor_V1_Container
    private typealias Namespace = Skiff_Supervisor_V1_Namespace
    private typealias Empty = Skiff_Supervisor_V1_Empty

    let registry: TaskRegistry
    let containers: ContainerStore
    let namespaces: NamespaceStore

    var all: [RPCService] {
        [
            RPCService(
                name: "skiff.supervisor.v1.Containers",
                methods: [
                    "Create": .change(create), "Get": .query(get), "List": .query(list), "Label": .change(label),
                    "Delete": .change(delete),
                ]),
            RPCService(
                name: "skiff.supervisor.v1.Namespaces",
                methods: [
                    "Create": .change(createNamespace), "List": .query(listNamespaces),
                    "Label": .change(labelNamespace), "Delete": .change(deleteNamespace),
                ]),
        ]
    }

    // MARK: Containers

    private func create(_ request: Container) async throws -> Container {
        let record = try ContainerRecord(request, at: .now)
        try await containers.create(record)
        return record.message
    }

    private func get(_ request: Skiff_Supervisor_V1_ContainerRequest) async throws -> Container {
        let key = try TaskKey(namespace: request.namespace, id: request.id)
        if let record = try await containers.find(key) { return record.message }
        return try await registry.task(request.namespace, request.id).container()
    }

    private func list(
        _ request: Skiff_Supervisor_V1_ListContainersRequest
    ) async throws -> Skiff_Supervisor_V1_ListContainersResponse {
        let filters = try [Filter](parsing: request.filters)
        var found = try await containers.all(namespace: request.namespace).map(\.message)
        let known = Set(found.map { [$0.namespace, $0.id] })
        for task in await registry.all(namespace: request.namespace)
        where !known.contains([task.key.namespace, task.key.id]) {
            // One that is gone by now has no record to read.
            if let container = try? await task.container() { found.append(container) }
        }
        return .with {
            $0.containers = found.filter { container in filters.match(container.field) }
                .sorted { ($0.namespace, $0.id) < ($1.namespace, $1.id) }
        }
    }

    private func label(_ request: Skiff_Supervisor_V1_LabelRequest) async throws -> Container {
        let key = try TaskKey(namespace: request.namespace, id: request.id)
        return try await containers.label(key, set: request.set, remove: request.remove).message
    }

    private func delete(_ request: Skiff_Supervisor_V1_ContainerRequest) async throws -> Empty {
        let key = try TaskKey(namespace: request.namespace, id: request.id)
        guard await !registry.has(key) else {
            throw SupervisorError.state("container \(key.id) has a task: delete it first")
        }
        try await containers.remove(key)
        return Empty()
    }

    // MARK: Namespaces

    private func createNamespace(_ request: Namespace) async throws -> Namespace {
        try await namespaces.create(request.name, labels: request.labels)
        return request
    }

    private func listNamespaces(_ request: Empty) async throws -> Skiff_Supervisor_V1_ListNamespacesResponse {
        var found = try await namespaces.all()
        for name in try await inUse() where found[name] == nil { found[name] = [:] }
        return .with { response in
            response.namespaces = found.sorted { $0.key < $1.key }.map { name, labels in
                .with {
                    $0.name = name
                    $0.labels = labels
                }
            }
        }
    }

    private func labelNamespace(_ request: Skiff_Supervisor_V1_LabelRequest) async throws -> Namespace {
        try await requireNamespace(request.namespace)
        let labels = try await namespaces.label(request.namespace, set: request.set, remove: request.remove)
        return .with {
            $0.name = request.namespace
            $0.labels = labels
        }
    }

    private func deleteNamespace(_ request: Namespace) async throws -> Empty {
        try await requireNamespace(request.name)
        guard try await !inUse().contains(request.name) else {
            throw SupervisorError.state("namespace \(request.name) must be empty, but it still has containers")
        }
        try await namespaces.remove(request.name)
        return Empty()
    }

    private func inUse() async throws -> Set<String> {
        let tasks = await registry.all(namespace: "").map(\.key.namespace)
        return Set(tasks).union(try await containers.all(namespace: "").map(\.namespace))
    }

    private func requireNamespace(_ name: String) async throws {
        if try await namespaces.all()[name] != nil { return }
        guard try await inUse().contains(name) else {
            throw SupervisorError.notFound("namespace \(name) is not known")
        }
    }
}

extension Skiff_Supervisor_V1_Container {
    /// A field by its name in filters.
    fileprivate func field(_ path: [String]) -> String? {
        switch path.first {
        case "namespace": namespace
        case "id": id
        case "image": image
        case "runtime": shim
        case "labels": path.count > 1 ? labels[path.dropFirst().joined(separator: ".")] : nil
        default: nil
        }
    }
}
