import CLI
import CLinux
import Engine
import Glibc
import LinuxSystem
import OCISpec
import SupervisorClient

/// `tasks exec`: one more process in a container.
enum TaskExec {
    static let exec = ControlCommand(
        "exec", synopsis: "[FLAGS] CONTAINER COMMAND [ARG...]", summary: "Run a process in a running container",
        .atLeast(2),
        flags: StreamFlags.all + [
            .string("cwd", nil, "Working directory of the process", placeholder: "dir"),
            .bool("tty", "t", "Allocate a terminal"),
            .string("exec-id", nil, "Id of the process; made up where there is none", placeholder: "id"),
            .string("user", "u", "User as name, uid, name:group or uid:gid", placeholder: "user"),
            .list("env", nil, "Environment variables (FOO=bar)", placeholder: "variable"),
        ], run: run)

    private static func run(_ invocation: ControlInvocation) async throws -> Int32 {
        let (client, flags) = (try await invocation.client(), invocation.flags)
        let id = invocation.arguments[0]
        let hasTerminal = flags.bool("tty")
        let (stdio, isAttached) = StreamFlags.streams(flags, terminal: hasTerminal, console: invocation.console)
        var request = SupervisorClient.ExecRequest()
        request.namespace = invocation.namespace
        request.id = id
        request.execID = flags.string("exec-id", default: "exec-\(getpid())")
        request.process = .init(try OCIJSON.encode(try await process(invocation, client)))
        request.stdio = stdio
        let socket = try await client.exec(request).attachSocket
        let session = ProcessSession(
            client: client, namespace: invocation.namespace, id: id, execID: request.execID, hasTerminal: hasTerminal)
        do {
            if flags.bool("detach") {
                _ = try await session.start()
                return 0
            }
            let status = try await session.run(
                socket: isAttached ? socket : nil, console: invocation.console
            ) {
                _ = try await session.start()
            }
            try await session.delete()
            return status
        } catch {
            _ = try? await session.delete(force: true)
            throw error
        }
    }

    /// As ctr: the container's process with other words.
    private static func process(
        _ invocation: ControlInvocation, _ client: SupervisorClient
    ) async throws -> Process {
        let flags = invocation.flags
        let container = try await client.container(.init(invocation.namespace, invocation.arguments[0]))
        let spec = try OCIJSON.decode(Spec.self, from: Array(container.spec))
        var process = spec.process ?? Process(cwd: "/")
        process.args = Array(invocation.arguments.dropFirst())
        process.terminal = flags.bool("tty")
        process.consoleSize = nil
        if flags.isSet("cwd") { process.cwd = flags.string("cwd") }
        process.env += try EnvironmentVariables.gather(
            files: [], values: flags.list("env"), environment: invocation.context.environment)
        if flags.isSet("user") {
            var request = SupervisorClient.ProcessRequest()
            request.namespace = invocation.namespace
            request.id = container.id
            let pid = try await client.get(request).pid
            let root = try Descriptor.open("/proc/\(pid)/root", Int32(LINUX_O_PATH) | O_DIRECTORY)
            process.user = try UserLookup(root: root.rawValue).user(flags.string("user"))
        }
        return process
    }
}
