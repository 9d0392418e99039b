/// Joins a container's streams for `run`, `start` and `attach`.
struct ContainerAttachment {
    let engine: EngineClient
    let console: Console
    let id: String
    let hasTerminal: Bool
    /// The detach keys as the user wrote them; empty for the standard ones.
    let keys: String

    func open(input: Bool, output: Bool, error: Bool, proxiesSignals: Bool) throws -> AttachSession {
        var query = [("stream", "1")]
        if input { query.append(("stdin", "1")) }
        if output { query.append(("stdout", "1")) }
        if error { query.append(("stderr", "1")) }
        if !keys.isEmpty { query.append(("detachKeys", keys)) }
        let stream = try engine.hijack(EngineRequest("POST", path("attach"), query: query))
        let session = try AttachSession(
            console: console, stream: stream,
            options: .init(
                takesInput: input, hasTerminal: hasTerminal, proxiesSignals: proxiesSignals,
                detachKeys: DetachKeySequence(parsing: keys) ?? .standard))
        session.resize = { size in _ = try? engine.post(path("resize"), query: size.query) }
        session.forward = { name in _ = try? engine.post(path("kill"), query: [("signal", name)]) }
        return session
    }

    private func path(_ call: String) -> String {
        "/containers/\(PercentEncoding.path(id))/\(call)"
    }
}

extension WindowSize {
    /// As the resize calls take it.
    var query: [(String, String)] {
        [("h", String(rows)), ("w", String(columns))]
    }
}

extension Invocation {
    /// `--detach-keys`, or the configuration's.
    var detachKeys: String {
        flags.isSet("detach-keys") ? flags.string("detach-keys") : context.configuration.detachKeys
    }
}
