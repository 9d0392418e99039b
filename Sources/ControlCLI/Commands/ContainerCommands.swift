import CLI
import SupervisorClient
import TTRPC

/// `containers`: records of what tasks are made of.
enum ContainerCommands {
    static let all = [
        create, remove, info, list,
        ControlCommand(
            "label", synopsis: "CONTAINER [KEY=VALUE...]",
            summary: "Set and show labels of a container; an empty value clears one", .atLeast(1), run: label),
    ]

    static let create = ControlCommand(
        "create", synopsis: "[FLAGS] IMAGE|ROOTFS CONTAINER [COMMAND] [ARG...]", summary: "Create a container",
        .atLeast(1), flags: ContainerFlags.all
    ) { invocation in
        _ = try await ContainerCreation(invocation).run()
        return 0
    }

    static let remove = ControlCommand(
        "delete", "del", "remove", "rm", synopsis: "[FLAGS] CONTAINER [CONTAINER...]",
        summary: "Delete one or more containers that have no task", .atLeast(1),
        flags: [
            .bool("keep-snapshot", nil, "Keep the container's snapshot"),
            .bool("force", "f", "Kill and delete the container's task first"),
        ], run: remove)

    private static let info = ControlCommand(
        "info", synopsis: "[FLAGS] CONTAINER", summary: "Show what a container is made of", .exactly(1),
        flags: [.bool("spec", nil, "Only the specification")], run: info)

    private static let list = ControlCommand(
        "list", "ls", synopsis: "[FLAGS] [FILTER...]", summary: "List containers",
        flags: [.bool("quiet", "q", "Print only the containers' ids")], run: list)

    private static func remove(_ invocation: ControlInvocation) async throws -> Int32 {
        let client = try await invocation.client()
        return await invocation.forEachArgument { id in
            if invocation.flags.bool("force") {
                do {
                    var delete = SupervisorClient.DeleteRequest()
                    delete.namespace = invocation.namespace
                    delete.id = id
                    delete.force = true
                    _ = try await client.delete(delete)
                } catch let error as RPCError where error.code == .notFound {
                    // It has no task.
                }
            }
            try await ContainerRemoval(context: invocation.context, client: client)
                .remove(id, keepsSnapshot: invocation.flags.bool("keep-snapshot"))
        }
    }

    private static func info(_ invocation: ControlInvocation) async throws -> Int32 {
        let request = SupervisorClient.ContainerRequest(invocation.namespace, invocation.arguments[0])
        let container = try await invocation.client().container(request)
        let text: [UInt8]
        if invocation.flags.bool("spec") {
            text = JSONIndenter.indent(Array(container.spec))
        } else {
            text = JSONIndenter.indent(try json(of: container).encodedBytes)
        }
        invocation.console.write(text)
        invocation.console.print("")
        return 0
    }

    /// The fields that ctr shows.
    private static func json(of container: SupervisorClient.Container) throws -> JSONValue {
        func time(_ seconds: Int64, _ nanoseconds: Int32) -> JSONValue {
            .string(Timestamp(seconds: seconds, nanoseconds: Int64(nanoseconds)).rfc3339Nano)
        }
        return [
            "ID": .string(container.id), "Labels": JSONValue(container.labels), "Image": .string(container.image),
            "Runtime": [
                "Name": .string(name(ofShim: container.shim)), "Options": ["binary_name": .string(container.runtime)],
            ],
            "SnapshotKey": .string(container.snapshotKey),
            "Snapshotter": .string(container.snapshotKey.isEmpty ? "" : "overlayfs"),
            "CreatedAt": time(container.createdAt.seconds, container.createdAt.nanos),
            "UpdatedAt": time(container.updatedAt.seconds, container.updatedAt.nanos), "Extensions": [:],
            "Spec": try JSONParser.parse(Array(container.spec)),
        ]
    }

    /// Our own shim has a name as well.
    static func name(ofShim shim: String) -> String { shim.isEmpty ? "io.containerd.skiff.v1" : shim }

    private static func list(_ invocation: ControlInvocation) async throws -> Int32 {
        var request = SupervisorClient.ListContainersRequest()
        request.namespace = invocation.namespace
        request.filters = invocation.arguments
        let containers = try await invocation.client().containers(request).containers
        if invocation.flags.bool("quiet") {
            for container in containers { invocation.console.print(container.id) }
            return 0
        }
        var table = ControlTable("CONTAINER", "IMAGE", "RUNTIME")
        for container in containers {
            table.add(
                container.id, container.image.isEmpty ? "-" : container.image, name(ofShim: container.shim))
        }
        invocation.console.print(table.text, terminator: "")
        return 0
    }

    private static func label(_ invocation: ControlInvocation) async throws -> Int32 {
        let client = try await invocation.client()
        let id = invocation.arguments[0]
        guard invocation.arguments.count > 1 else {
            let container = try await client.container(.init(invocation.namespace, id))
            invocation.console.print(ControlTable.labels(container.labels))
            return 0
        }
        var request = SupervisorClient.LabelRequest(changes: invocation.arguments.dropFirst())
        request.namespace = invocation.namespace
        request.id = id
        let container = try await client.labelContainer(request)
        invocation.console.print(ControlTable.labels(container.labels))
        return 0
    }
}

extension SupervisorClient.ContainerRequest {
    init(_ namespace: String, _ id: String) {
        self.init()
        self.namespace = namespace
        self.id = id
    }
}
