extension CommandSyntax {
    static let checkpoint = CommandSyntax(
        name: "checkpoint", summary: "save the processes of a running container", arguments: "<container-id>",
        count: 1...1,
        flags: [
            imagePath, workPath,
            .value("parent-path", help: "images of the dump before, relative to these: save what changed since"),
            .toggle("leave-running", help: "let the container run on"), tcpEstablished,
            .toggle("tcp-skip-in-flight", help: "leave out connections that are not accepted yet"),
            .toggle("link-remap", help: "give open files without a name one where possible"), extUnixSockets,
            shellJob,
            .toggle("lazy-pages", help: "keep memory here, and serve it to the restored container page by page"),
            .value("status-fd", help: "descriptor that gets a zero byte when pages are served (default: -1)"),
            .value("page-server", help: "ADDRESS:PORT of the page server that memory is sent to"), fileLocks,
            .toggle("pre-dump", help: "save memory alone, as a base for a later dump, and let the container run on"),
            manageCgroupsMode, emptyNamespace, autoDedup,
        ],
        details: "CRIU's log, dump.log, is in the work path. The container is removed when it is saved.")

    static let restore = CommandSyntax(
        name: "restore", summary: "bring the saved processes of a container back", arguments: "<container-id>",
        count: 1...1,
        flags: [
            consoleSocket, imagePath, workPath, tcpEstablished, extUnixSockets, shellJob, fileLocks,
            manageCgroupsMode, bundle, detach, pidFile, noSubreaper,
            .toggle("no-pivot", help: "taken and not used: CRIU changes the root in its own way"),
            emptyNamespace, autoDedup,
            .toggle("lazy-pages", help: "fetch memory at its first use from a criu lazy-pages with this work path"),
            .value("lsm-profile", help: "TYPE:NAME of the security profile to enter instead of the saved one"),
            .value("lsm-mount-context", help: "SELinux context of mounts instead of the saved one"),
        ],
        details: "CRIU's log, restore.log, is in the work path.")

    private static let imagePath = Flag.value("image-path", help: "directory of the images (default: checkpoint)")
    private static let workPath = Flag.value(
        "work-path", help: "directory of CRIU's log and other files (default: the image path)")
    private static let tcpEstablished = Flag.toggle("tcp-established", help: "allow open TCP connections")
    private static let extUnixSockets = Flag.toggle("ext-unix-sk", help: "allow Unix sockets that lead outside")
    private static let shellJob = Flag.toggle("shell-job", help: "allow a session that is led from outside")
    private static let fileLocks = Flag.toggle("file-locks", help: "keep file locks")
    private static let manageCgroupsMode = Flag.value(
        "manage-cgroups-mode", help: "soft, full, strict or ignore, see criu(8) (default: soft)")
    private static let emptyNamespace = Flag.value(
        "empty-ns", help: "network: make the namespace empty, which is always done")
    private static let autoDedup = Flag.toggle("auto-dedup", help: "drop pages from images that newer ones replace")
}
