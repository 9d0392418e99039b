import Glibc
internal import LinuxSystem

/// The options before the command.
struct GlobalOptions {
    static let defaultRoot = "/run/skiff-runtime"

    private(set) var root = Self.defaultRoot
    private(set) var log = RuntimeLog()
    /// Whether systemd makes the cgroups.
    private(set) var usesSystemd = false
    private(set) var rootless = RootlessMode.automatic
    /// CRIU's program: a path, or a name to look for.
    private(set) var criu = "criu"
    private(set) var printsVersion = false

    var runtime: ContainerRuntime { ContainerRuntime(root: root, log: log, rootless: rootless) }

    /// Takes over arranged arguments.
    init(_ arguments: inout Arguments) throws(RuntimeError) {
        var path: String?
        var format = RuntimeLog.Format.text
        var isVerbose = false
        var hasRoot = false
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "--root": (root, hasRoot) = (try arguments.value(), true)
            case "--log": path = try arguments.value()
            case "--log-format":
                let name = try arguments.value()
                guard let known = RuntimeLog.Format(rawValue: name) else { throw .other("invalid log-format: \(name)") }
                format = known
            case "--debug": isVerbose = try arguments.isOn()
            case "--systemd-cgroup": usesSystemd = try arguments.isOn()
            case "--rootless": rootless = try Self.mode(try arguments.value())
            case "--criu": criu = try arguments.value()
            case "-v", "--version": printsVersion = try arguments.isOn()
            default: throw Arguments.unknown(flag)
            }
        }
        log = RuntimeLog(path: path?.isEmpty == true ? nil : path, format: format, isVerbose: isVerbose)
        try log.check()
        if !hasRoot, !printsVersion, let directory = try SessionDirectory.ready() { root = directory }
        root = try Self.absolute(root)
    }

    private static func mode(_ text: String) throws(RuntimeError) -> RootlessMode {
        if text == "auto" || text.isEmpty { return .automatic }
        guard let value = GoBool.parse(text) else {
            throw .other("invalid --rootless: strconv.ParseBool: parsing \"\(text)\": invalid syntax")
        }
        return value ? .on : .off
    }

    private static func absolute(_ path: String) throws(RuntimeError) -> String {
        guard path.utf8.first != UInt8(ascii: "/") else { return path }
        return "\(try doing("find --root") { try File.canonicalPath(".") })/\(path)"
    }
}
