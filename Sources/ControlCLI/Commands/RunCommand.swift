import CLI

/// `run`: makes a container, starts it, and with `--rm` takes it away when it has ended.
enum RunCommand {
    static let run = ControlCommand(
        "run", synopsis: "[FLAGS] IMAGE|ROOTFS ID [COMMAND] [ARG...]", summary: "Run a container", .atLeast(1),
        flags: [.bool("rm", nil, "Remove the container after running; not with --detach")] + StreamFlags.all
            + ContainerFlags.all, run: run)

    private static func run(_ invocation: ControlInvocation) async throws -> Int32 {
        let removes = invocation.flags.bool("rm")
        guard !removes || !invocation.flags.bool("detach") else {
            throw CommandFailure("flags --detach and --rm cannot be specified together")
        }
        let creation = try ContainerCreation(invocation)
        _ = try await creation.run()
        guard removes else { return try await TaskStart.run(invocation, id: creation.id) }
        let removal = ContainerRemoval(context: invocation.context, client: try await invocation.client())
        do {
            let status = try await TaskStart.run(invocation, id: creation.id)
            try await removal.remove(creation.id)
            return status
        } catch {
            try? await removal.remove(creation.id)
            throw error
        }
    }
}
