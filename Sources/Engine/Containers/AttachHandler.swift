import EngineAPI
import NIOCore
import NIOHTTP1

/// `/containers/{id}/attach` and `/containers/{id}/logs`.
struct AttachHandler: Sendable {
    let service: ContainerService

    static let raw = "application/vnd.docker.raw-stream"
    static let multiplexed = "application/vnd.docker.multiplexed-stream"

    func register(in router: inout Router) {
        router.on(.POST, "/containers/{id}/attach", endsWithClient: false) { request, responder in
            try await attach(request, responder)
        }
        router.on(.GET, "/containers/{id}/logs", endsWithClient: true) { request, responder in
            try await logs(request, responder)
        }
    }

    static func contentType(terminal: Bool, version: APIVersion) -> String {
        terminal || version < APIVersion(1, 42) ? raw : multiplexed
    }

    private func attach(_ request: HTTPRequest, _ responder: HTTPResponder) async throws {
        let container = try await service.container(request.parameter("id"))
        let (terminal, hasInput) = try await container.attachment()
        var options = StreamOptions()
        options.terminal = terminal
        options.stdin = request.query.flag("stdin") && hasInput
        options.stdout = request.query.flag("stdout")
        options.stderr = request.query.flag("stderr")
        let keys = request.query["detachKeys"] ?? ""
        if terminal || !keys.isEmpty {
            options.detachKeys = try EscapeKeyFilter.parse(keys.isEmpty ? "ctrl-p,ctrl-q" : keys)
        }
        let withLogs = request.query.flag("logs")
        let connection = try await responder.hijack(
            contentType: Self.contentType(terminal: terminal, version: request.version))
        defer { connection.close() }
        if withLogs { try await replay(container, options: options, to: connection) }
        guard request.query.flag("stream") else { return }
        await container.publish("attach")
        for await relay in try await container.attach(connection, options: options) { await relay.waitForEnd() }
    }

    private func replay(_ container: Container, options: StreamOptions, to connection: HijackedConnection) async throws
    {
        let reading = LogReaderOptions(stdout: options.stdout, stderr: options.stderr)
        let format = LogFormat(terminal: options.terminal, timestamps: false)
        for try await entries in service.dependencies.logs.readBatches(path: container.paths.log, options: reading) {
            try await connection.write(format.encode(entries))
        }
    }

    private func logs(_ request: HTTPRequest, _ responder: HTTPResponder) async throws {
        let container = try await service.container(request.parameter("id"))
        let record = await container.record
        var options = LogReaderOptions(
            stdout: request.query.flag("stdout"), stderr: request.query.flag("stderr"),
            since: try TimeParameter.parse(request.query["since"]).map(LogTimestamp.init),
            until: try TimeParameter.parse(request.query["until"]).map(LogTimestamp.init))
        guard options.stdout || options.stderr else {
            throw EngineError(.invalidParameter, "Bad parameters: you must choose at least one stream")
        }
        guard record.hostConfig.logConfig.type != "none" else {
            throw EngineError(.notImplemented, "configured logging driver does not support reading")
        }
        if let tail = request.query["tail"], tail != "all", !tail.isEmpty, let count = Int(tail), count >= 0 {
            options.tail = count
        }
        if request.query.flag("follow") { options.follow = await container.logEnd }
        let terminal = record.config.tty
        let format = LogFormat(terminal: terminal, timestamps: request.query.flag("timestamps"))
        let writer = try await responder.stream(
            contentType: Self.contentType(terminal: terminal, version: request.version))
        for try await entries in service.dependencies.logs.readBatches(path: container.paths.log, options: options) {
            try await writer.write(format.encode(entries))
        }
        try await responder.end(writer)
    }
}

extension LogTimestamp {
    init(_ time: Timestamp) {
        self.init(seconds: time.seconds, nanoseconds: Int32(time.nanoseconds))
    }
}
