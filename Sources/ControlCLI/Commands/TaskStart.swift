import CLI
import ImageStore
import LinuxSystem
import OCISpec
import SupervisorClient

/// Starting a task for a container's record: `tasks start`, and the second half of `run`.
enum TaskStart {
    static let start = ControlCommand(
        "start", synopsis: "[FLAGS] CONTAINER", summary: "Start a container that has been created", .exactly(1),
        flags: StreamFlags.all + [.string("pid-file", nil, "File to write the task's pid to", placeholder: "path")]
    ) { invocation in
        try await run(invocation, id: invocation.arguments[0])
    }

    static let restore = ControlCommand(
        "restore", synopsis: "[FLAGS] CONTAINER", summary: "Start a container from a checkpoint", .exactly(1),
        flags: StreamFlags.all + [
            .string("image-path", nil, "Directory that holds the checkpoint", placeholder: "dir"),
            .string("pid-file", nil, "File to write the task's pid to", placeholder: "path"),
        ]
    ) { invocation in
        guard invocation.flags.isSet("image-path") else { throw CommandFailure("restore needs --image-path") }
        return try await run(
            invocation, id: invocation.arguments[0],
            checkpoint: try File.canonicalPath(invocation.flags.string("image-path")))
    }

    /// Creates the task, starts it, and where it is not detached follows it to its end and deletes it.
    static func run(_ invocation: ControlInvocation, id: String, checkpoint: String = "") async throws -> Int32 {
        let (client, flags) = (try await invocation.client(), invocation.flags)
        let container = try await client.container(.init(invocation.namespace, id))
        let spec = try OCIJSON.decode(Spec.self, from: Array(container.spec))
        let hasTerminal = spec.process?.terminal ?? false
        let (stdio, isAttached) = StreamFlags.streams(flags, terminal: hasTerminal, console: invocation.console)
        let request = try await request(invocation, container, stdio, checkpoint)
        let created = try await client.create(request)
        let session = ProcessSession(
            client: client, namespace: invocation.namespace, id: id, hasTerminal: hasTerminal)
        do {
            if flags.isSet("pid-file") {
                try File.replace(flags.string("pid-file"), with: Array(String(created.pid).utf8), mode: 0o644)
            }
            if flags.bool("detach") {
                _ = try await session.start()
                return 0
            }
            let status = try await session.run(
                socket: isAttached ? created.attachSocket : nil, console: invocation.console
            ) {
                _ = try await session.start()
            }
            try await session.delete()
            return status
        } catch {
            // What did not come to its start leaves no task behind.
            _ = try? await session.delete(force: true)
            throw error
        }
    }

    /// Specification, shim and runtime are those of the container's record.
    private static func request(
        _ invocation: ControlInvocation, _ container: SupervisorClient.Container, _ stdio: SupervisorClient.Stdio,
        _ checkpoint: String
    ) async throws -> SupervisorClient.CreateRequest {
        var request = SupervisorClient.CreateRequest()
        request.namespace = container.namespace
        request.id = container.id
        request.stdio = stdio
        request.checkpoint = checkpoint
        guard !container.snapshotKey.isEmpty else { return request }
        let snapshot = try await invocation.context.images().snapshotMount(container.snapshotKey)
        var mount = SupervisorClient.Mount()
        mount.type = "overlay"
        mount.source = "overlay"
        mount.options = snapshot.overlayOptions
        request.rootfs = [mount]
        return request
    }
}
