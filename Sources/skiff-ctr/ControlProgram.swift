internal import Glibc
internal import LinuxSystem
internal import OCISpec
internal import SupervisorClient
internal import TTRPC

/// The commands of skiff-ctr, each one call or two on the supervisor.
enum ControlProgram {
    static func main(_ arguments: [String]) async -> Int32 {
        do {
            let parsed = try ControlArguments(arguments)
            guard !parsed.command.isEmpty, !parsed.has("--help", "-h") else {
                print(ControlArguments.usage)
                return parsed.has("--help", "-h") ? 0 : 1
            }
            return try await run(parsed, try await SupervisorClient.connect(to: parsed.address))
        } catch {
            let message = (error as? ControlError)?.message ?? "\(error)"
            let line = Array("skiff-ctr: \(message)\n".utf8)
            _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
            return 1
        }
    }

    private static func run(_ arguments: ControlArguments, _ client: SupervisorClient) async throws -> Int32 {
        switch arguments.command {
        case "version": try await version(client)
        case "run": return try await run(client, arguments)
        case "exec": return try await exec(client, arguments)
        case "tasks", "t", "task", "ls", "list": try await list(client, arguments)
        case "ps":
            for pid in try await client.pids(process(arguments)).pids { print(pid) }
        case "kill": try await kill(client, arguments)
        case "wait": return try await wait(client, arguments, try arguments.name(0, "an id"))
        case "rm", "delete", "del": try await remove(client, arguments)
        case "pause": try await client.pause(process(arguments))
        case "resume": try await client.resume(process(arguments))
        case "stats", "metrics": print(try await client.stats(process(arguments)).textFormatString(), terminator: "")
        case "events": try await events(client, arguments)
        default: throw ControlError(message: "unknown command \(arguments.command)\n\(ControlArguments.usage)")
        }
        return 0
    }

    private static func process(_ arguments: ControlArguments) throws -> SupervisorClient.ProcessRequest {
        var request = SupervisorClient.ProcessRequest()
        request.namespace = arguments.namespace
        request.id = try arguments.name(0, "an id")
        request.execID = arguments["--exec-id"] ?? ""
        return request
    }

    private static func version(_ client: SupervisorClient) async throws {
        let answer = try await client.version()
        print("Client:\n  Version:  0.1.0\n\nSupervisor:\n  Version:  \(answer.version)\n  Pid:      \(answer.pid)")
    }

    private static func list(_ client: SupervisorClient, _ arguments: ControlArguments) async throws {
        var request = SupervisorClient.ListRequest()
        request.namespace = arguments.namespace
        print("TASK\tPID\tSTATUS")
        for task in try await client.list(request).tasks {
            print("\(task.id)\t\(task.pid)\t\(name(of: task.status))")
        }
    }

    private static func name(of status: SupervisorClient.TaskStatus) -> String {
        switch status {
        case .created: "CREATED"
        case .running: "RUNNING"
        case .stopped: "STOPPED"
        case .paused: "PAUSED"
        default: "UNKNOWN"
        }
    }

    private static func run(_ client: SupervisorClient, _ arguments: ControlArguments) async throws -> Int32 {
        guard let bundle = arguments["--bundle"] else { throw ControlError(message: "run needs --bundle") }
        var specification = try OCIJSON.decode(Spec.self, from: try File.read("\(bundle)/config.json"))
        if let root = specification.root, !root.path.hasPrefix("/") {
            specification.root?.path = try File.canonicalPath("\(bundle)/\(root.path)")
        }
        var request = SupervisorClient.CreateRequest()
        request.namespace = arguments.namespace
        request.id = try arguments.name(0, "an id")
        request.spec = .init(try OCIJSON.encode(specification))
        request.stdio.log = arguments["--log"] ?? ""
        request.stdio.terminal = arguments.has("--tty", "-t")
        request.shim = arguments["--shim"] ?? ""
        request.runtime = arguments["--runtime"] ?? ""
        let created = try await client.create(request)
        var start = SupervisorClient.StartRequest()
        start.namespace = request.namespace
        start.id = request.id
        let attached =
            arguments.has("-d", "--detach") || created.attachSocket.isEmpty
            ? nil : try AttachedOutput(socket: created.attachSocket)
        try attached?.greet(execID: "")
        _ = try await client.start(start)
        guard !arguments.has("-d", "--detach") else {
            print(request.id)
            return 0
        }
        try attached?.copy()
        let status = try await wait(client, arguments, request.id)
        var delete = SupervisorClient.DeleteRequest()
        delete.namespace = request.namespace
        delete.id = request.id
        _ = try await client.delete(delete)
        return status
    }

    private static func exec(_ client: SupervisorClient, _ arguments: ControlArguments) async throws -> Int32 {
        var process = Process(cwd: "/")
        process.args = Array(arguments.names.dropFirst())
        guard !process.args.isEmpty else { throw ControlError(message: "exec needs an id and a command") }
        process.env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        if let user = arguments["--user"] {
            guard let number = UInt32(user) else { throw ControlError(message: "--user takes a number") }
            process.user.uid = number
        }
        var request = SupervisorClient.ExecRequest()
        request.namespace = arguments.namespace
        request.id = try arguments.name(0, "an id")
        request.execID = arguments["--exec-id"] ?? "exec-\(getpid())"
        request.process = .init(try OCIJSON.encode(process))
        let added = try await client.exec(request)
        let attached =
            arguments.has("-d", "--detach") || added.attachSocket.isEmpty
            ? nil : try AttachedOutput(socket: added.attachSocket)
        try attached?.greet(execID: request.execID)
        var start = SupervisorClient.StartRequest()
        start.namespace = request.namespace
        start.id = request.id
        start.execID = request.execID
        _ = try await client.start(start)
        guard !arguments.has("-d", "--detach") else { return 0 }
        try attached?.copy()
        var wait = SupervisorClient.WaitRequest()
        wait.namespace = request.namespace
        wait.id = request.id
        wait.execID = request.execID
        let status = try await client.wait(wait).exitStatus
        var delete = SupervisorClient.DeleteRequest()
        delete.namespace = request.namespace
        delete.id = request.id
        delete.execID = request.execID
        _ = try await client.delete(delete)
        return Int32(clamping: status)
    }

    private static func kill(_ client: SupervisorClient, _ arguments: ControlArguments) async throws {
        var request = SupervisorClient.KillRequest()
        request.namespace = arguments.namespace
        request.id = try arguments.name(0, "an id")
        request.execID = arguments["--exec-id"] ?? ""
        request.all = arguments.has("--all")
        guard let signal = UInt32(arguments["--signal", "-s"] ?? "15") else {
            throw ControlError(message: "--signal takes a number")
        }
        request.signal = signal
        try await client.kill(request)
    }

    private static func wait(_ client: SupervisorClient, _ arguments: ControlArguments, _ id: String) async throws
        -> Int32
    {
        var request = SupervisorClient.WaitRequest()
        request.namespace = arguments.namespace
        request.id = id
        let status = try await client.wait(request).exitStatus
        if arguments.command == "wait" { print(status) }
        return Int32(clamping: status)
    }

    private static func remove(_ client: SupervisorClient, _ arguments: ControlArguments) async throws {
        var request = SupervisorClient.DeleteRequest()
        request.namespace = arguments.namespace
        request.id = try arguments.name(0, "an id")
        request.force = arguments.has("--force", "-f")
        _ = try await client.delete(request)
    }

    private static func events(_ client: SupervisorClient, _ arguments: ControlArguments) async throws {
        guard let since = UInt64(arguments["--since"] ?? "0") else {
            throw ControlError(message: "--since takes a cursor")
        }
        for try await event in client.events(namespace: arguments.namespace, since: since) {
            var line = "\(event.cursor) \(event.namespace) \(event.id) \(event.kind)"
            if !event.execID.isEmpty { line += " exec=\(event.execID)" }
            if event.kind == .exit { line += " status=\(event.exitStatus)" }
            print(line)
            fflush(nil)
        }
    }
}
