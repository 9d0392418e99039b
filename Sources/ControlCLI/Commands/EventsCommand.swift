import CLI
import SupervisorClient

/// `events`: what happens, a line each: time, namespace, containerd's topic, and the rest as JSON.
enum EventsCommand {
    static let events = ControlCommand(
        "events", "event", synopsis: "[FLAGS]", summary: "Display events", .none,
        flags: [
            .bool("all", nil, "Events of all namespaces"),
            Flag(
                "since", nil, .single, "cursor", "Events after this cursor; 0 for all that are retained",
                check: FlagChecks.integer),
            .bool("no-follow", nil, "End after the events that are retained"),
        ], run: run)

    private static func run(_ invocation: ControlInvocation) async throws -> Int32 {
        let client = try await invocation.client()
        let namespace = invocation.flags.bool("all") ? "" : invocation.namespace
        let newest = try await client.eventWindow().newest
        let follows = !invocation.flags.bool("no-follow")
        let since =
            invocation.flags.isSet("since") ? UInt64(max(0, invocation.flags.int("since"))) : follows ? newest : 0
        guard follows || newest > since else { return 0 }
        // The namespace is looked at here, so that the newest event is seen whosever it is.
        for try await event in client.events(since: since) {
            if namespace.isEmpty || event.namespace == namespace {
                invocation.console.print(line(event))
                invocation.console.flush()
            }
            if !follows, event.cursor >= newest { return 0 }
        }
        return 0
    }

    static func line(_ event: SupervisorClient.Event) -> String {
        let at = Timestamp(seconds: event.at.seconds, nanoseconds: Int64(event.at.nanos))
        var fields: [(String, JSONValue)] = [("container_id", .string(event.id))]
        if !event.execID.isEmpty { fields.append(("exec_id", .string(event.execID))) }
        if event.pid > 0 { fields.append(("pid", JSONValue(event.pid))) }
        if event.kind == .exit || event.kind == .delete {
            fields.append(("exit_status", JSONValue(event.exitStatus)))
            let exited = Timestamp(seconds: event.exitedAt.seconds, nanoseconds: Int64(event.exitedAt.nanos))
            fields.append(("exited_at", .string(exited.rfc3339Nano)))
        }
        fields.append(("cursor", JSONValue(event.cursor)))
        let time = at.utc("%Y-%m-%d %H:%M:%S")
        let fraction = String(1_000_000_000 + at.nanoseconds).dropFirst()
        return
            "\(time).\(fraction) +0000 UTC \(event.namespace) \(topic(event.kind)) \(JSONValue.object(JSONObject(fields)).encoded)"
    }

    private static func topic(_ kind: SupervisorClient.Event.Kind) -> String {
        switch kind {
        case .create: "/tasks/create"
        case .start: "/tasks/start"
        case .execAdded: "/tasks/exec-added"
        case .execStarted: "/tasks/exec-started"
        case .exit: "/tasks/exit"
        case .oom: "/tasks/oom"
        case .paused: "/tasks/paused"
        case .resumed: "/tasks/resumed"
        case .delete: "/tasks/delete"
        case .unspecified, .UNRECOGNIZED: "/tasks/unknown"
        }
    }
}
