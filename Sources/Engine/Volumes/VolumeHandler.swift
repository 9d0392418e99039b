import EngineAPI
import NIOHTTP1

/// `/volumes/…`.
struct VolumeHandler: Sendable {
    let volumes: VolumeService
    let containers: ContainerService

    func register(in router: inout Router) {
        let (volumes, containers) = (volumes, containers)
        router.on(.GET, "/volumes") { request, responder in try await list(request, responder) }
        router.on(.POST, "/volumes/create") { request, responder in
            let body = try await request.decodeIfPresent(VolumeCreateRequest.self) ?? VolumeCreateRequest()
            let record = try await volumes.ensure(
                body.name, driver: body.driver, labels: body.labels ?? [:], options: body.driverOpts ?? [:])
            try await responder.send(.created, json: volumes.describe(record))
        }
        router.on(.POST, "/volumes/prune") { request, responder in try await prune(request, responder) }
        router.on(.GET, "/volumes/{name}") { request, responder in
            let record = try await volumes.record(request.parameter("name"))
            try await responder.send(json: volumes.describe(record))
        }
        router.on(.DELETE, "/volumes/{name}") { request, responder in
            let name = request.parameter("name")
            do {
                _ = try await volumes.record(name)
            } catch {
                guard request.query.flag("force") else { throw error }
                return try await responder.send(.noContent)
            }
            let users = await containers.volumeUsers(name)
            guard users.isEmpty else {
                throw EngineError(
                    .conflict, "remove \(name): volume is in use - [\(users.joined(separator: ", "))]")
            }
            try await volumes.remove(name)
            try await responder.send(.noContent)
        }
    }

    private func list(_ request: HTTPRequest, _ responder: HTTPResponder) async throws {
        let filters = try FilterSet(
            parsing: request.query["filters"], allowed: ["dangling", "driver", "label", "name"])
        let dangling = try filters.flag("dangling")
        var response = VolumeListResponse()
        for record in await volumes.all {
            guard filters.allows("name", where: { record.name.contains($0) }), filters.allows("driver", "local"),
                filters.allowsLabels(record.labels)
            else { continue }
            if let dangling, await containers.volumeUsers(record.name).isEmpty != dangling { continue }
            response.volumes.append(volumes.describe(record))
        }
        try await responder.send(json: response)
    }

    private func prune(_ request: HTTPRequest, _ responder: HTTPResponder) async throws {
        let filters = try FilterSet(parsing: request.query["filters"], allowed: ["all", "label"])
        let all = try filters.flag("all") ?? (request.version < APIVersion(1, 42))
        var response = VolumesPruneResponse()
        for record in await volumes.all where all || record.isAnonymous {
            guard filters.allowsLabels(record.labels), await containers.volumeUsers(record.name).isEmpty else {
                continue
            }
            try await volumes.remove(record.name)
            response.volumesDeleted = (response.volumesDeleted ?? []) + [record.name]
        }
        try await responder.send(json: response)
    }
}
