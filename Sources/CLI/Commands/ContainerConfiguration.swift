/// Turns the flags of `run` and `create` into the body of the engine's create call.
package struct ContainerConfiguration {
    let flags: ParsedFlags
    let environment: [String: String]
    let image: String
    let command: [String]

    package init(flags: ParsedFlags, environment: [String: String], image: String, command: [String]) {
        self.flags = flags
        self.environment = environment
        self.image = image
        self.command = command
    }

    package var hasTerminal: Bool { flags.bool("tty") }
    package var keepsInput: Bool { flags.bool("interactive") }
    package var removesItself: Bool { flags.bool("rm") }

    /// The streams to join; without `-a` all of them, stdin only with `-i`.
    package func attaches(_ stream: String, detached: Bool) -> Bool {
        if detached { return false }
        let chosen = flags.list("attach")
        guard chosen.isEmpty else { return chosen.contains(stream) }
        return stream == "stdin" ? keepsInput : true
    }

    /// The body of the create call.
    package func body(detached: Bool, console size: WindowSize?) throws -> JSONValue {
        var body = JSONObject()
        try addProcess(to: &body, detached: detached)
        addVolumes(to: &body)
        let ports = try ports()
        body["ExposedPorts"] = .object(JSONObject(ports.exposed.map { ($0, JSONValue.object(JSONObject())) }))
        if let health = try healthCheck() { body["Healthcheck"] = health }
        body["HostConfig"] = .object(try hostConfiguration(bindings: ports.bindings, console: size))
        body["NetworkingConfig"] = ["EndpointsConfig": .object(try endpoints())]
        return .object(body)
    }

    private func addProcess(to body: inout JSONObject, detached: Bool) throws {
        let takesInput = attaches("stdin", detached: detached)
        body["Hostname"] = .string(flags.string("hostname"))
        body["Domainname"] = .string(flags.string("domainname"))
        body["User"] = .string(flags.string("user"))
        body["AttachStdin"] = .bool(takesInput)
        body["AttachStdout"] = .bool(attaches("stdout", detached: detached))
        body["AttachStderr"] = .bool(attaches("stderr", detached: detached))
        body["Tty"] = .bool(hasTerminal)
        body["OpenStdin"] = .bool(keepsInput)
        body["StdinOnce"] = .bool(keepsInput && takesInput)
        body["Env"] = JSONValue(
            try EnvironmentVariables.gather(
                files: flags.list("env-file"), values: flags.list("env"), environment: environment))
        body["Cmd"] = command.isEmpty ? .null : JSONValue(command)
        body["Image"] = .string(image)
        body["WorkingDir"] = .string(flags.string("workdir"))
        if flags.isSet("entrypoint") {
            body["Entrypoint"] = [.string(flags.string("entrypoint"))]
        }
        let labels = try labelLines()
        body["Labels"] = EnvironmentVariables.map(labels)
        if flags.isSet("stop-signal") { body["StopSignal"] = .string(flags.string("stop-signal")) }
        if flags.isSet("stop-timeout") { body["StopTimeout"] = JSONValue(flags.int("stop-timeout")) }
        if flags.isSet("mac-address") { body["MacAddress"] = .string(flags.string("mac-address")) }
    }

    private func labelLines() throws(CommandFailure) -> [String] {
        var lines: [String] = []
        for file in flags.list("label-file") {
            lines += try EnvironmentVariables.parse(
                file: file, content: try FileBytes.read(file), environment: nil)
        }
        return lines + flags.list("label")
    }

    private func addVolumes(to body: inout JSONObject) {
        let anonymous = flags.list("volume").filter { !$0.contains(":") }
        guard !anonymous.isEmpty else { return }
        body["Volumes"] = .object(JSONObject(anonymous.map { ($0, JSONValue.object(JSONObject())) }))
    }

    private func ports() throws(CommandFailure) -> (exposed: [String], bindings: JSONObject) {
        var exposed: [String] = []
        var bindings = JSONObject()
        for text in flags.list("publish") {
            for port in try PortSpecification.parse(text) {
                if !exposed.contains(port.key) { exposed.append(port.key) }
                let binding: JSONValue = ["HostIp": .string(port.hostIP), "HostPort": .string(port.hostPort)]
                bindings[port.key] = .array((bindings[port.key]?.arrayValue ?? []) + [binding])
            }
        }
        for text in flags.list("expose") {
            for key in try PortSpecification.parseExposed(text) where !exposed.contains(key) {
                exposed.append(key)
            }
        }
        return (exposed, bindings)
    }

    private func healthCheck() throws(CommandFailure) -> JSONValue? {
        let names = ["health-cmd", "health-interval", "health-retries", "health-start-period", "health-timeout"]
        let isGiven = names.contains { flags.isSet($0) }
        if flags.bool("no-healthcheck") {
            guard !isGiven else { throw CommandFailure("--no-healthcheck conflicts with --health-* options") }
            return ["Test": ["NONE"]]
        }
        guard isGiven else { return nil }
        for name in names.dropFirst() where flags.int(name) < 0 {
            throw CommandFailure("--\(name) cannot be negative")
        }
        let command = flags.string("health-cmd")
        return [
            "Test": command.isEmpty ? .null : ["CMD-SHELL", .string(command)],
            "Interval": JSONValue(flags.int("health-interval")),
            "Timeout": JSONValue(flags.int("health-timeout")),
            "StartPeriod": JSONValue(flags.int("health-start-period")),
            "Retries": JSONValue(flags.int("health-retries")),
        ]
    }
}
