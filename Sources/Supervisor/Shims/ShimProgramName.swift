internal import Glibc
internal import LinuxSystem

/// Finds a shim program by what a request calls it.
enum ShimProgramName {
    /// A path as it is; `io.containerd.runc.v2` means `containerd-shim-runc-v2` in PATH; empty means the default.
    static func resolve(_ name: String, default own: String) throws(SupervisorError) -> (path: String, isOwn: Bool) {
        guard !name.isEmpty else { return (own, true) }
        guard !name.hasPrefix("/") else { return (name, name == own) }
        let parts = name.split(separator: ".")
        guard parts.count >= 2, !name.utf8.contains(0x2F) else {
            throw .invalid("bad shim \"\(name)\": use a path or a name such as io.containerd.runc.v2")
        }
        let program = "containerd-shim-\(parts[parts.count - 2])-\(parts[parts.count - 1])"
        guard program != "containerd-shim-skiff-v1" else { return (own, true) }
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        for directory in path.split(separator: ":") where access("\(directory)/\(program)", X_OK) == 0 {
            return ("\(directory)/\(program)", false)
        }
        throw .invalid("shim \"\(name)\": \(program) is not in PATH")
    }
}
