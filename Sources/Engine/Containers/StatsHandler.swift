import EngineAPI
import NIOHTTP1
import SupervisorClient
import TTRPC

/// `/containers/{id}/stats` and `/containers/{id}/top`.
struct StatsHandler: Sendable {
    let service: ContainerService
    let converter: StatsConverter

    private static let interval = Duration.seconds(1)

    func register(in router: inout Router) {
        let service = service
        router.on(.GET, "/containers/{id}/stats", endsWithClient: true) { request, responder in
            let container = try await service.container(request.parameter("id"))
            if request.query.flag("stream", default: true) {
                try await stream(container, responder)
            } else {
                let oneShot = request.query.flag("one-shot")
                try await responder.send(json: try await sample(container, withPrevious: !oneShot))
            }
        }
        router.on(.GET, "/containers/{id}/top") { request, responder in
            let container = try await service.container(request.parameter("id"))
            try await responder.send(
                json: try await container.top(psArguments: request.query["ps_args"] ?? ""))
        }
    }

    private func sample(_ container: Container, withPrevious: Bool) async throws -> ContainerStats {
        let first = try await container.stats(converter, previous: nil)
        guard withPrevious, await container.isRunning else { return first }
        // Docker's clients show the use between two samples a second apart.
        try await Task.sleep(for: Self.interval)
        return try await container.stats(converter, previous: first)
    }

    private func stream(_ container: Container, _ responder: HTTPResponder) async throws {
        let writer = try await responder.stream(contentType: "application/json")
        var previous: ContainerStats?
        while await !container.isGone {
            let stats = try await container.stats(converter, previous: previous)
            try await writer.write(json: stats, lineEnd: "\n")
            previous = stats
            try await Task.sleep(for: Self.interval)
        }
        try await responder.end(writer)
    }
}

extension Container {
    var isGone: Bool {
        switch state {
        case .removing, .removed: true
        default: false
        }
    }

    func stats(_ converter: StatsConverter, previous: ContainerStats?) async throws -> ContainerStats {
        let name = "/" + record.name
        guard let run else { return StatsConverter.empty(name: name, id: id) }
        let response: SupervisorClient.StatsResponse
        do {
            response = try await dependencies.supervisor.client().stats(request())
        } catch let error as RPCError where error.code == .notFound || error.code == .failedPrecondition {
            return StatsConverter.empty(name: name, id: id)
        }
        let isHost = NamespaceMode(record.hostConfig.networkMode).isHost
        return converter.sample(
            response, name: name, id: id, pid: isHost ? nil : UInt32(run.pid), previous: previous)
    }

    func top(psArguments: String) async throws -> ContainerTopResponse {
        let run = try requireRun()
        guard !run.isPaused else {
            throw EngineError(.conflict, "container \(id) is paused, unpause the container before top")
        }
        let pids = try await dependencies.supervisor.client().pids(request()).pids
        let table = try await dependencies.work.run {
            do {
                return try ProcessTable.list(pids: pids, psArguments: psArguments)
            } catch let error as ProcessTableError {
                throw EngineError(error.isInvalidRequest ? .invalidParameter : .internal, "\(error)")
            }
        }
        var response = ContainerTopResponse()
        response.titles = table.titles
        response.processes = table.processes
        return response
    }
}
