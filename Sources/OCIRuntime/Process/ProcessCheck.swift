internal import LinuxSystem
internal import OCISpec

/// Checks of a process that need no kernel.
enum ProcessCheck {
    static func check(_ process: Process, field: String) throws(RuntimeError) {
        guard !process.args.isEmpty else {
            throw .invalid(field: "\(field).args", problem: "args must not be empty")
        }
        guard !process.cwd.isEmpty else {
            throw .invalid(field: "\(field).cwd", problem: "Cwd property must not be empty")
        }
        guard process.cwd.isAbsolutePath else {
            throw .invalid(field: "\(field).cwd", problem: "Cwd must be an absolute path")
        }
        guard (process.selinuxLabel ?? "").isEmpty || ProcDirectory.hasSELinux else {
            throw .invalid(
                field: "\(field).selinuxLabel",
                problem: "selinux label is specified in config, but selinux is disabled or not supported")
        }
        if let adjustment = process.oomScoreAdj, !(-1000...1000).contains(adjustment) {
            throw .invalid(field: "\(field).oomScoreAdj", problem: "\(adjustment) is not in -1000…1000")
        }
        // (uid_t) -1 means "leave it" to the kernel and must never reach it.
        let user = process.user
        let wrong: String? =
            if user.uid == .max { "uid" } else if user.gid == .max { "gid" } else if user.additionalGids.contains(.max)
            { "additionalGids" } else { nil }
        if let wrong { throw .invalid(field: "\(field).user.\(wrong)", problem: "4294967295 is no id") }
    }
}
