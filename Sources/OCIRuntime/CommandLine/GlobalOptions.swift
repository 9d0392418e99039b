import Glibc

/// The options before the command.
struct GlobalOptions {
    var root: String
    var log: RuntimeLog
    var printsVersion = false
    var printsHelp = false

    init(_ arguments: inout Arguments) throws(RuntimeError) {
        root = "/run/skiff-runtime"
        var path: String?
        var format = RuntimeLog.Format.text
        var isVerbose = false
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "--root": root = try arguments.value()
            case "--log": path = try arguments.value()
            case "--log-format":
                let name = try arguments.value()
                guard let known = RuntimeLog.Format(rawValue: name) else {
                    throw .usage("unknown log-format \"\(name)\"")
                }
                format = known
            case "--debug": isVerbose = try arguments.isOn()
            case "--systemd-cgroup":
                if try arguments.isOn() {
                    throw .usage(
                        "systemd cgroup flag passed, but systemd support for managing cgroups is not available")
                }
            case "--rootless":
                let mode = try arguments.value()
                guard ["auto", "false"].contains(mode) else { throw .usage("--rootless=\(mode) is not supported yet") }
            case "--criu": _ = try arguments.value()
            case "-v", "--version": printsVersion = true
            case "-h", "--help": printsHelp = true
            default: throw Arguments.unknown(flag)
            }
        }
        guard root.hasPrefix("/") else { throw .usage("--root must be an absolute path, not \"\(root)\"") }
        log = RuntimeLog(path: path, format: format, isVerbose: isVerbose)
    }
}
