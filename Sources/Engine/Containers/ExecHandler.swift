import EngineAPI
import NIOHTTP1

/// `/containers/{id}/exec` and `/exec/…`.
struct ExecHandler: Sendable {
    let service: ContainerService

    func register(in router: inout Router) {
        let service = service
        router.on(.POST, "/containers/{id}/exec") { request, responder in
            let body = try await request.decode(ExecCreateRequest.self)
            let container = try await service.container(request.parameter("id"))
            if !body.detachKeys.isEmpty { _ = try EscapeKeyFilter.parse(body.detachKeys) }
            await container.finishStarting()
            let exec = try await container.createExec(body)
            await container.publish(
                "exec_create: " + (body.cmd ?? []).joined(separator: " "), ["execID": exec.id])
            var response = IDResponse()
            response.id = exec.id
            try await responder.send(.created, json: response)
        }
        router.on(.POST, "/exec/{id}/start") { request, responder in
            try await start(request, responder)
        }
        router.on(.POST, "/exec/{id}/resize") { request, responder in
            let (container, exec) = try await service.exec(request.parameter("id"))
            let (height, width) = try ContainerHandler.size(request.query)
            try await container.resize(height: height, width: width, execID: exec.id)
            try await responder.send(.ok)
        }
        router.on(.GET, "/exec/{id}/json") { request, responder in
            try await responder.send(json: try await service.exec(request.parameter("id")).1.describe())
        }
    }

    private func start(_ request: HTTPRequest, _ responder: HTTPResponder) async throws {
        let (container, exec) = try await service.exec(request.parameter("id"))
        let body = try await request.decodeIfPresent(ExecStartRequest.self) ?? ExecStartRequest()
        let asked = exec.request
        let socket = try await container.prepare(exec, size: body.consoleSize)
        if body.detach {
            try await container.start(exec)
            return try await responder.send(.ok)
        }
        var options = StreamOptions()
        options.execID = exec.id
        options.stdin = asked.attachStdin
        options.stdout = asked.attachStdout
        options.stderr = asked.attachStderr
        options.terminal = asked.tty
        if asked.tty || !asked.detachKeys.isEmpty {
            options.detachKeys = try EscapeKeyFilter.parse(
                asked.detachKeys.isEmpty ? "ctrl-p,ctrl-q" : asked.detachKeys)
        }
        let connection = try await responder.hijack(
            contentType: AttachHandler.contentType(terminal: asked.tty, version: request.version))
        defer { connection.close() }
        let relay: StreamRelay
        do {
            relay = try await connection.connect(to: socket, options: options)
            try await container.start(exec)
        } catch {
            let told = ErrorMapping.engineError(for: error)
            // HTTP has been left; dockerd writes the reason into the stream as well.
            try await connection.tell(told.message, terminal: asked.tty)
            return
        }
        await relay.waitForEnd()
        // Clients ask for the exit code when the stream has ended.
        if connection.channel.isActive { await exec.waitForEnd() }
    }
}
