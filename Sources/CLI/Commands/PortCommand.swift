enum PortCommand {
    static func make(_ path: String) -> Command {
        Command(
            path, "CONTAINER [PRIVATE_PORT[/PROTO]]", "List port mappings or a specific mapping for the container",
            aliases: ["container port", "port"], .between(1, 2)
        ) { invocation in
            let name = invocation.arguments[0]
            let ports = try invocation.engine().container(name)["NetworkSettings"]["Ports"].objectValue
            let members = ports?.members ?? []
            guard invocation.arguments.count == 2 else {
                let lines = members.flatMap { member in
                    (member.value.arrayValue ?? []).map { "\(member.key) -> \(address($0))" }
                }
                for line in sorted(lines) { invocation.console.print(line) }
                return 0
            }
            let wanted = invocation.arguments[1]
            let (number, transport) = wanted.cut(at: "/") ?? (wanted, "tcp")
            guard UInt16(number) != nil else { throw CommandFailure("Error: invalid port (\(wanted))") }
            guard let bindings = members.first(where: { $0.key == "\(number)/\(transport)" })?.value.arrayValue else {
                throw CommandFailure("no public port '\(wanted)' published for \(name)")
            }
            for line in sorted(bindings.map(address)) { invocation.console.print(line) }
            return 0
        }
    }

    private static func address(_ binding: JSONValue) -> String {
        let host = binding["HostIp"].text
        return (host.contains(":") ? "[\(host)]" : host) + ":" + binding["HostPort"].text
    }

    /// Numbers inside the lines count as numbers: 80 stands before 443.
    private static func sorted(_ lines: [String]) -> [String] {
        lines.sorted { natural($0).lexicographicallyPrecedes(natural($1), by: <) }
    }

    private static func natural(_ line: String) -> [String] {
        line.split { !$0.isNumber }.map { String(repeating: "0", count: max(0, 6 - $0.count)) + $0 } + [line]
    }
}
