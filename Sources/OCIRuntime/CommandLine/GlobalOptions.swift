import Glibc
internal import LinuxSystem

/// The options before the command.
struct GlobalOptions {
    static let defaultRoot = "/run/skiff-runtime"

    private(set) var root = Self.defaultRoot
    private(set) var log = RuntimeLog()
    /// Whether systemd makes the cgroups.
    private(set) var usesSystemd = false
    private(set) var printsVersion = false

    /// Takes over arranged arguments.
    init(_ arguments: inout Arguments) throws(RuntimeError) {
        var path: String?
        var format = RuntimeLog.Format.text
        var isVerbose = false
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "--root": root = try arguments.value()
            case "--log": path = try arguments.value()
            case "--log-format":
                let name = try arguments.value()
                guard let known = RuntimeLog.Format(rawValue: name) else { throw .other("invalid log-format: \(name)") }
                format = known
            case "--debug": isVerbose = try arguments.isOn()
            case "--systemd-cgroup": usesSystemd = try arguments.isOn()
            case "--rootless": try Self.checkRootless(try arguments.value())
            case "--criu": _ = try arguments.value()
            case "-v", "--version": printsVersion = try arguments.isOn()
            default: throw Arguments.unknown(flag)
            }
        }
        log = RuntimeLog(path: path?.isEmpty == true ? nil : path, format: format, isVerbose: isVerbose)
        try log.check()
        root = try Self.absolute(root)
    }

    /// Cgroups that this user may not change are an error in any case.
    private static func checkRootless(_ text: String) throws(RuntimeError) {
        if text == "auto" || text.isEmpty { return }
        guard let value = GoBool.parse(text) else {
            throw .other("invalid --rootless: strconv.ParseBool: parsing \"\(text)\": invalid syntax")
        }
        guard !value else { throw .other("--rootless \(text): rootless cgroups are not supported yet") }
    }

    private static func absolute(_ path: String) throws(RuntimeError) -> String {
        guard !path.hasPrefix("/") else { return path }
        return "\(try doing("find --root") { try File.canonicalPath(".") })/\(path)"
    }
}
