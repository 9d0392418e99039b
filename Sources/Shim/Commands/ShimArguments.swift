/// The shim v2 command line: flags in Go's style (`-id x`, `--id=x`), then a command.
package struct ShimArguments: Equatable {
    package enum Command: String {
        case start
        case delete
    }

    package var namespace = ""
    package var id = ""
    /// The supervisor's own address, as containerd gives it.
    package var address = ""
    package var publishBinary = ""
    package var bundle = ""
    package var isDebugging = false
    package var showsVersion = false
    /// `-info`: describe the shim and its runtime.
    package var showsInfo = false
    package var command: Command?

    package init(_ arguments: [String]) throws(ShimError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-"), argument != "-" else {
                guard let command = Command(rawValue: argument) else { throw .invalid("unknown command \(argument)") }
                self.command = command
                continue
            }
            let body = argument.drop { $0 == "-" }
            let equals = body.firstIndex(of: "=") ?? body.endIndex
            let name = String(body[..<equals])
            let attached = equals < body.endIndex ? String(body[equals...].dropFirst()) : nil
            if try setSwitch(name, attached) { continue }
            guard let value = attached ?? rest.popFirst() else { throw .invalid("flag -\(name) needs a value") }
            try setValue(name, value)
        }
    }

    private mutating func setSwitch(_ name: String, _ value: String?) throws(ShimError) -> Bool {
        switch name {
        case "debug": isDebugging = value != "false"
        case "v", "version": showsVersion = true
        case "info": showsInfo = true
        default: return false
        }
        return true
    }

    private mutating func setValue(_ name: String, _ value: String) throws(ShimError) {
        switch name {
        case "namespace": namespace = value
        case "id": id = value
        case "address": address = value
        case "publish-binary": publishBinary = value
        case "bundle": bundle = value
        // Given by some versions of containerd; the socket's path is ours to choose.
        case "socket", "debug-socket": break
        default: throw .invalid("unknown flag -\(name)")
        }
    }
}
