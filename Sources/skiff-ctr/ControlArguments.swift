/// The command line of skiff-ctr: global flags, a command, its flags and its names.
struct ControlArguments {
    static let usage = """
        usage: skiff-ctr [--address SOCKET] [--namespace NAME] COMMAND

          run [-d] --bundle DIR [--log URI] [--tty] [--shim NAME] [--runtime PATH] ID
          exec [-d] [--user UID] ID COMMAND [ARG...]
          tasks ls                 list containers
          ps ID                    process ids of a container
          kill [--signal N] [--all] ID
          wait ID                  wait for its end, print and exit with its status
          rm [--force] ID
          pause|resume|stats ID
          events [--since CURSOR]
          version
        """

    private static let switches: Set<String> = [
        "-d", "--detach", "--tty", "-t", "--all", "--force", "-f", "--help", "-h",
    ]

    var address = "/run/skiff/supervisor.sock"
    var namespace = "skiff"
    var command = ""
    private(set) var names: [String] = []
    private var values: [String: String] = [:]

    init(_ arguments: [String]) throws(ControlError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            // What follows an exec's id belongs to the program.
            if !argument.hasPrefix("-") || (command == "exec" && names.count > 0) {
                if command.isEmpty { command = argument } else { names.append(argument) }
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            if ControlArguments.switches.contains(argument) {
                values[argument] = "true"
            } else if let value = parts.count == 2 ? parts[1] : rest.popFirst() {
                values[parts[0]] = value
            } else {
                throw ControlError(message: "flag \(argument) needs a value")
            }
        }
        if let address = self["--address", "-a"] { self.address = address }
        if let namespace = self["--namespace", "-n"] { self.namespace = namespace }
    }

    /// A flag's value by its names.
    subscript(_ flags: String...) -> String? { flags.lazy.compactMap { values[$0] }.first }

    func has(_ flags: String...) -> Bool { flags.contains { values[$0] != nil } }

    /// The name at `index`, as `what` in the message where it is missing.
    func name(_ index: Int, _ what: String) throws(ControlError) -> String {
        guard index < names.count else { throw ControlError(message: "\(command) needs \(what)") }
        return names[index]
    }
}

/// What went wrong, for the user.
struct ControlError: Error {
    let message: String
}
