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
        guard process.cwd.hasPrefix("/") else {
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
        for (name, ids) in [
            ("uid", [process.user.uid]), ("gid", [process.user.gid]), ("additionalGids", process.user.additionalGids),
        ] where ids.contains(.max) {
            throw .invalid(field: "\(field).user.\(name)", problem: "4294967295 is no id")
        }
    }
}
