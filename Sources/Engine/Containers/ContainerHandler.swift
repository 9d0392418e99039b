import EngineAPI
import NIOHTTP1

/// `/containers/…`: decodes, calls, encodes.
struct ContainerHandler: Sendable {
    let service: ContainerService

    func register(in router: inout Router) {
        registerCollection(in: &router)
        registerLife(in: &router)
        registerInspection(in: &router)
    }

    private func registerCollection(in router: inout Router) {
        let service = service
        router.on(.POST, "/containers/create") { request, responder in
            let body = try await request.decode(ContainerCreateRequest.self)
            let response = try await service.create(
                name: request.query["name"], platform: request.query["platform"], request: body)
            try await responder.send(.created, json: response)
        }
        router.on(.GET, "/containers/json") { request, responder in
            let filter = try ContainerFilter(parsing: request.query["filters"])
            let summaries = try await service.list(
                all: request.query.flag("all"), limit: max(0, try request.query.integer("limit") ?? 0),
                withSize: request.query.flag("size"), filter: filter, version: request.version)
            try await responder.send(json: summaries)
        }
        router.on(.POST, "/containers/prune") { request, responder in
            let filters = try FilterSet(parsing: request.query["filters"], allowed: ["label", "until"])
            try await responder.send(json: try await service.prune(filters))
        }
        router.on(.DELETE, "/containers/{id}") { request, responder in
            guard !request.query.flag("link") else {
                throw EngineError(.notImplemented, "links between containers are not supported")
            }
            let container = try await service.container(request.parameter("id"))
            try await service.remove(
                container,
                options: ContainerRemoval(force: request.query.flag("force"), volumes: request.query.flag("v")))
            try await responder.send(.noContent)
        }
    }

    private func registerLife(in router: inout Router) {
        let service = service
        func act(
            _ action: String, _ body: @escaping @Sendable (Container, HTTPRequest) async throws -> Void
        ) {
            router.on(.POST, "/containers/{id}/\(action)") { request, responder in
                try await body(try await service.container(request.parameter("id")), request)
                try await responder.send(.noContent)
            }
        }
        act("start") { container, _ in try await container.start() }
        act("stop") { container, request in
            try await container.stop(signal: request.query["signal"], timeout: try request.query.integer("t"))
        }
        act("restart") { container, request in
            try await container.restart(signal: request.query["signal"], timeout: try request.query.integer("t"))
        }
        act("kill") { container, request in try await container.kill(signal: request.query["signal"]) }
        act("pause") { container, _ in try await container.pause() }
        act("unpause") { container, _ in try await container.unpause() }
        act("rename") { container, request in
            try await service.rename(container, to: request.query["name"] ?? "")
        }
        router.on(.POST, "/containers/{id}/resize") { request, responder in
            let container = try await service.container(request.parameter("id"))
            let (height, width) = try Self.size(request.query)
            _ = try await container.requireRun()
            try await container.resize(height: height, width: width)
            try await responder.send(.ok)
        }
        router.on(.POST, "/containers/{id}/wait", endsWithClient: true) { request, responder in
            try await wait(request, responder)
        }
    }

    static func size(_ query: QueryParameters) throws(EngineError) -> (height: Int, width: Int) {
        guard let height = try query.integer("h"), let width = try query.integer("w") else {
            throw EngineError(.invalidParameter, "strconv.Atoi: parsing \"\": invalid syntax")
        }
        return (height, width)
    }

    private func wait(_ request: HTTPRequest, _ responder: HTTPResponder) async throws {
        let container = try await service.container(request.parameter("id"))
        let text = request.query["condition"] ?? ""
        guard let condition = Container.WaitCondition(rawValue: text.isEmpty ? "not-running" : text) else {
            throw EngineError(.invalidParameter, "invalid condition: \"\(text)\"")
        }
        let end = await container.waiting(for: condition)
        // The head goes out at once: clients start the container when they have it.
        let writer = try await responder.stream(contentType: "application/json")
        var response = ContainerWaitResponse()
        for await answer in end {
            response.statusCode = answer.exitCode
            response.error = answer.failure.map { WaitError(message: $0) }
        }
        try Task.checkCancellation()
        try await writer.write(json: response, lineEnd: "\n")
        try await responder.end(writer)
    }

    private func registerInspection(in router: inout Router) {
        let service = service
        router.on(.GET, "/containers/{id}/json") { request, responder in
            let container = try await service.container(request.parameter("id"))
            try await responder.send(json: try await container.inspect(withSize: request.query.flag("size")))
        }
        for action in ["archive", "export", "changes"] {
            router.on(.GET, "/containers/{id}/\(action)") { request, _ in
                _ = try await service.container(request.parameter("id"))
                throw EngineError(.notImplemented, "\(action) of a container is not supported yet")
            }
        }
        router.on(.PUT, "/containers/{id}/archive") { _, _ in
            throw EngineError(.notImplemented, "copying into a container is not supported yet")
        }
        router.on(.POST, "/containers/{id}/update") { _, _ in
            throw EngineError(.notImplemented, "changing a container's limits is not supported yet")
        }
    }
}
