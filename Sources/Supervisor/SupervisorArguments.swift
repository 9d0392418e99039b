internal import LinuxSystem

/// The command line of skiff-supervisor.
struct SupervisorArguments {
    static let usage = """
        usage: skiff-supervisor [--address SOCKET] [--root DIR] [--state DIR] [--shim PATH] [--runtime PATH]
                                [--runtime-root DIR] [--log-level LEVEL] [--pidfile FILE] [--version]
        """

    var configuration = SupervisorConfiguration()
    var showsVersion = false
    var showsHelp = false

    init(_ arguments: [String]) throws(SupervisorError) {
        if let directory = SupervisorArguments.ownDirectory {
            configuration.shim = "\(directory)/skiff-shim"
            configuration.runtime = "\(directory)/skiff-runtime"
        }
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            switch argument {
            case "--version", "-v": showsVersion = true
            case "--help", "-h": showsHelp = true
            default:
                guard let name = parts.first, name.hasPrefix("--") else { throw .invalid("unexpected \"\(argument)\"") }
                guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
                    throw .invalid("\(name) needs a value")
                }
                try set(name, value)
            }
        }
    }

    private mutating func set(_ name: String, _ value: String) throws(SupervisorError) {
        switch name {
        case "--address": configuration.address = value
        case "--root": configuration.root = value
        case "--state": configuration.state = value
        case "--shim": configuration.shim = value
        case "--runtime": configuration.runtime = value
        case "--runtime-root": configuration.runtimeRoot = value
        case "--log-level": configuration.logLevel = value
        case "--pidfile": configuration.pidFile = value
        default: throw .invalid("unknown flag \(name)")
        }
    }

    /// The directory of this program, where the shim and the runtime are by default.
    private static var ownDirectory: String? {
        guard let own = try? File.linkTarget("/proc/self/exe"), let slash = own.lastIndex(of: "/") else { return nil }
        return String(own[..<slash])
    }
}
