import CLI
import SupervisorClient

/// `namespaces`: tenants, each with containers of its own.
enum NamespaceCommands {
    static let all = [
        ControlCommand(
            "create", "c", synopsis: "NAME [KEY=VALUE...]", summary: "Create a namespace; it must be new", .atLeast(1),
            run: create),
        ControlCommand(
            "list", "ls", summary: "List namespaces", .none,
            flags: [.bool("quiet", "q", "Print only the namespaces' names")], run: list),
        ControlCommand(
            "remove", "rm", synopsis: "NAME [NAME...]", summary: "Remove empty namespaces", .atLeast(1), run: remove),
        ControlCommand(
            "label", synopsis: "NAME KEY=VALUE [KEY=VALUE...]",
            summary: "Set labels of a namespace; an empty value clears one", .atLeast(2), run: label),
    ]

    private static func create(_ invocation: ControlInvocation) async throws -> Int32 {
        var namespace = SupervisorClient.Namespace()
        namespace.name = invocation.arguments[0]
        namespace.labels = ControlInvocation.map(invocation.arguments.dropFirst())
        _ = try await invocation.client().createNamespace(namespace)
        return 0
    }

    private static func list(_ invocation: ControlInvocation) async throws -> Int32 {
        let namespaces = try await invocation.client().namespaces().namespaces
        if invocation.flags.bool("quiet") {
            for namespace in namespaces { invocation.console.print(namespace.name) }
            return 0
        }
        var table = ControlTable("NAME", "LABELS", minimumWidth: 1, padding: 1)
        for namespace in namespaces { table.add(namespace.name, ControlTable.labels(namespace.labels)) }
        invocation.console.print(table.text, terminator: "")
        return 0
    }

    private static func remove(_ invocation: ControlInvocation) async throws -> Int32 {
        let client = try await invocation.client()
        return await invocation.forEachArgument { name in
            var namespace = SupervisorClient.Namespace()
            namespace.name = name
            try await client.deleteNamespace(namespace)
            invocation.console.print(name)
        }
    }

    private static func label(_ invocation: ControlInvocation) async throws -> Int32 {
        var request = SupervisorClient.LabelRequest(changes: invocation.arguments.dropFirst())
        request.namespace = invocation.arguments[0]
        _ = try await invocation.client().labelNamespace(request)
        return 0
    }
}

extension SupervisorClient.LabelRequest {
    /// `key=value` sets a label, `key=` clears it.
    init(changes: some Sequence<String>) {
        self.init()
        for (key, value) in ControlInvocation.map(changes) {
            if value.isEmpty { remove.append(key) } else { set[key] = value }
        }
    }
}
