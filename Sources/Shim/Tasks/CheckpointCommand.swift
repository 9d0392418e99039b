package import TaskProtocol

/// runc's command lines for checkpoints.
package enum CheckpointCommand {
    /// `checkpoint`, without the container's id.
    package static func checkpoint(
        images: String, work: String, _ options: Containerd_Runc_V1_CheckpointOptions
    ) -> [String] {
        var command = ["checkpoint", "--image-path", images, "--work-path", work]
        if !options.exit { command.append("--leave-running") }
        if options.openTcp { command.append("--tcp-established") }
        if options.externalUnixSockets { command.append("--ext-unix-sk") }
        if options.terminal { command.append("--shell-job") }
        if options.fileLocks { command.append("--file-locks") }
        for namespace in options.emptyNamespaces { command += ["--empty-ns", namespace] }
        if !options.cgroupsMode.isEmpty { command += ["--manage-cgroups-mode", options.cgroupsMode] }
        return command
    }

    /// `restore`, without what any command that makes a process gets.
    package static func restore(
        bundle: String, images: String, parent: String, _ options: Containerd_Runc_V1_Options
    ) -> [String] {
        let work = options.criuWorkPath.isEmpty ? "\(bundle)/work" : options.criuWorkPath
        var command = ["restore", "--bundle", bundle, "--detach", "--image-path", images, "--work-path", work]
        if !parent.isEmpty { command += ["--parent-path", parent] }
        if options.noPivotRoot { command.append("--no-pivot") }
        return command
    }
}
