import EngineAPI
import NIOCore
import NIOHTTP1

/// `/_ping`, `/version`, `/info`, `/events` and `/auth`.
struct SystemHandler: Sendable {
    let service: SystemService
    let events: EventBroadcaster

    func register(in router: inout Router) {
        router.on(.GET, "/_ping") { _, responder in try await ping(responder) }
        router.on(.HEAD, "/_ping") { _, responder in try await ping(responder) }
        router.on(.GET, "/version") { _, responder in try await responder.send(json: service.version()) }
        router.on(.GET, "/info") { _, responder in try await responder.send(json: try await service.info()) }
        router.on(.GET, "/events", endsWithClient: true) { request, responder in
            try await stream(request, responder)
        }
    }

    private func ping(_ responder: HTTPResponder) async throws {
        try await responder.send(
            .ok, body: ByteBuffer(string: "OK"), contentType: "text/plain; charset=utf-8",
            headers: [
                "Builder-Version": "1", "Cache-Control": "no-cache, no-store, must-revalidate", "Pragma": "no-cache",
                "Swarm": "inactive",
            ])
    }

    private func stream(_ request: HTTPRequest, _ responder: HTTPResponder) async throws {
        let filter = try EventFilter(parsing: request.query["filters"])
        let since = try TimeParameter.parse(request.query["since"])
        let until = try TimeParameter.parse(request.query["until"])
        if let since, let until, until < since {
            throw EngineError(.invalidParameter, "`since` time (\(since)) cannot be after `until` time (\(until))")
        }
        let (past, coming) = await events.subscribe(since: since)
        let writer = try await responder.stream(contentType: "application/json")
        for event in past where filter.allows(event) {
            if let until, (event.timeNano ?? 0) > until.totalNanoseconds { continue }
            try await writer.write(json: event, lineEnd: "\n")
        }
        try await forward(coming, until: until, filter: filter, to: writer)
        try await responder.end(writer)
    }

    private func forward(
        _ coming: AsyncStream<EventMessage>, until: Timestamp?, filter: EventFilter, to writer: HTTPBodyWriter
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let until {
                let left = until.totalNanoseconds - Timestamp.now.totalNanoseconds
                guard left > 0 else { return }
                group.addTask { try await Task.sleep(for: .nanoseconds(left)) }
            }
            group.addTask {
                for await event in coming where filter.allows(event) {
                    try await writer.write(json: event, lineEnd: "\n")
                }
            }
            // Whichever comes first: the time asked for, or the end of the client.
            try await group.next()
            group.cancelAll()
        }
    }
}
