import CLI
import LinuxSystem
import OCISpec
import SupervisorClient

/// `tasks`: containers with processes.
enum TaskCommands {
    static let all = [
        attach, checkpoint, remove, TaskExec.exec, list, kill, pause, processes, resume, TaskStart.restore,
        TaskStart.start, update, wait, TaskMetrics.metrics,
    ]

    static let attach = ControlCommand(
        "attach", synopsis: "CONTAINER", summary: "Attach to the streams of a running container", .exactly(1)
    ) { invocation in
        let client = try await invocation.client()
        let id = invocation.arguments[0]
        let container = try await client.container(.init(invocation.namespace, id))
        let spec = try OCIJSON.decode(Spec.self, from: Array(container.spec))
        let session = ProcessSession(
            client: client, namespace: invocation.namespace, id: id, hasTerminal: spec.process?.terminal ?? false)
        let status = try await session.run(
            socket: try await session.attachSocket(), console: invocation.console)
        try await session.delete()
        return status
    }

    static let checkpoint = ControlCommand(
        "checkpoint", synopsis: "[FLAGS] CONTAINER", summary: "Write the state of a container to a directory",
        .exactly(1),
        flags: [
            .bool("exit", nil, "End the container after the checkpoint"),
            .string("image-path", nil, "Directory to write to", placeholder: "dir"),
            .string("work-path", nil, "Directory for CRIU's own files and log", placeholder: "dir"),
        ]
    ) { invocation in
        let flags = invocation.flags
        guard flags.isSet("image-path") else { throw CommandFailure("checkpoint needs --image-path") }
        var request = SupervisorClient.CheckpointRequest()
        request.namespace = invocation.namespace
        request.id = invocation.arguments[0]
        try File.makeDirectories(flags.string("image-path"), mode: 0o700)
        request.path = try File.canonicalPath(flags.string("image-path"))
        if flags.isSet("work-path") {
            try File.makeDirectories(flags.string("work-path"), mode: 0o700)
            request.workPath = try File.canonicalPath(flags.string("work-path"))
        }
        request.exit = flags.bool("exit")
        try await invocation.client().checkpoint(request)
        return 0
    }

    private static let remove = ControlCommand(
        "delete", "del", "remove", "rm", synopsis: "[FLAGS] CONTAINER [CONTAINER...]",
        summary: "Delete one or more tasks; exits with the status of a single one", .atLeast(1),
        flags: [.bool("force", "f", "Kill a running one first"), execID]
    ) { invocation in
        let client = try await invocation.client()
        let isAlone = invocation.arguments.count == 1
        nonisolated(unsafe) var single: Int32 = 0
        let failed = await invocation.forEachArgument { id in
            let session = ProcessSession(
                client: client, namespace: invocation.namespace, id: id,
                execID: invocation.flags.string("exec-id"))
            let status = try await session.delete(force: invocation.flags.bool("force"))
            if isAlone { single = status }
        }
        return failed == 0 ? single : failed
    }

    static let kill = ControlCommand(
        "kill", synopsis: "[FLAGS] CONTAINER", summary: "Signal a container (default: SIGTERM)", .exactly(1),
        flags: [
            .string("signal", "s", "Signal to send: a name or a number", placeholder: "signal"), execID,
            .bool("all", "a", "Signal all processes of the container"),
        ]
    ) { invocation in
        let text = invocation.flags.string("signal", default: "SIGTERM")
        guard let number = SignalName.number(of: text), number > 0 else {
            throw CommandFailure("unknown signal \"\(text)\"")
        }
        var request = SupervisorClient.KillRequest()
        request.namespace = invocation.namespace
        request.id = invocation.arguments[0]
        request.execID = invocation.flags.string("exec-id")
        request.signal = UInt32(number)
        request.all = invocation.flags.bool("all")
        try await invocation.client().kill(request)
        return 0
    }

    static let pause = ControlCommand(
        "pause", synopsis: "CONTAINER", summary: "Pause a running container", .exactly(1)
    ) { invocation in
        try await invocation.client().pause(request(invocation))
        return 0
    }

    static let resume = ControlCommand(
        "resume", synopsis: "CONTAINER", summary: "Resume a paused container", .exactly(1)
    ) { invocation in
        try await invocation.client().resume(request(invocation))
        return 0
    }

    static let wait = ControlCommand(
        "wait", synopsis: "[FLAGS] CONTAINER", summary: "Wait for the end; prints its status and exits with it",
        .exactly(1), flags: [execID]
    ) { invocation in
        let session = ProcessSession(
            client: try await invocation.client(), namespace: invocation.namespace, id: invocation.arguments[0],
            execID: invocation.flags.string("exec-id"))
        let status = try await session.wait()
        invocation.console.print("\(status)")
        return status
    }

    private static let update = ControlCommand(
        "update", synopsis: "CONTAINER FILE", summary: "Change resource limits, given as OCI LinuxResources in JSON",
        .exactly(2)
    ) { invocation in
        var request = SupervisorClient.UpdateRequest()
        request.namespace = invocation.namespace
        request.id = invocation.arguments[0]
        request.resources = .init(try FileBytes.read(invocation.arguments[1]))
        try await invocation.client().update(request)
        return 0
    }

    static let processes = ControlCommand(
        "ps", synopsis: "CONTAINER", summary: "List the processes of a container", .exactly(1)
    ) { invocation in
        let client = try await invocation.client()
        let execs = Dictionary(
            try await client.get(request(invocation)).execs.map { ($0.pid, $0.execID) }, uniquingKeysWith: { $1 })
        var table = ControlTable("PID", "INFO", minimumWidth: 1, padding: 1)
        for pid in try await client.pids(request(invocation)).pids {
            table.add("\(pid)", execs[pid].map { "exec_id:\"\($0)\"" } ?? "-")
        }
        invocation.console.print(table.text, terminator: "")
        return 0
    }

    private static let list = ControlCommand(
        "list", "ls", synopsis: "[FLAGS] [FILTER...]", summary: "List tasks",
        flags: [.bool("quiet", "q", "Print only the tasks' ids")]
    ) { invocation in
        var request = SupervisorClient.ListRequest()
        request.namespace = invocation.namespace
        request.filters = invocation.arguments
        let tasks = try await invocation.client().list(request).tasks
        if invocation.flags.bool("quiet") {
            for task in tasks { invocation.console.print(task.id) }
            return 0
        }
        var table = ControlTable("TASK", "PID", "STATUS")
        for task in tasks { table.add(task.id, "\(task.pid)", name(of: task.status)) }
        invocation.console.print(table.text, terminator: "")
        return 0
    }

    private static let execID = Flag.string("exec-id", nil, "Id of a process that exec started", placeholder: "id")

    private static func request(_ invocation: ControlInvocation) -> SupervisorClient.ProcessRequest {
        var request = SupervisorClient.ProcessRequest()
        request.namespace = invocation.namespace
        request.id = invocation.arguments[0]
        return request
    }

    private static func name(of status: SupervisorClient.TaskStatus) -> String {
        switch status {
        case .created: "CREATED"
        case .running: "RUNNING"
        case .stopped: "STOPPED"
        case .paused: "PAUSED"
        case .unspecified, .UNRECOGNIZED: "UNKNOWN"
        }
    }
}
