extension CommandSyntax {
    /// What stands before the command.
    static let global = CommandSyntax(
        name: "", summary: "an OCI runtime with runc's command line", arguments: "<command> [arguments]",
        count: 0...Int.max, ownsFirstOnly: true,
        flags: [
            .value("root", help: "directory of the containers' state (default: \(GlobalOptions.defaultRoot))"),
            .value("log", help: "file that errors and warnings are appended to (default: standard error)"),
            .value("log-format", help: "text or json (default: text)"),
            .toggle("debug", help: "log steps too"),
            .toggle("systemd-cgroup", help: "have systemd make the cgroups: cgroupsPath is slice:prefix:name"),
            .value("rootless", help: "false or auto: cgroups that may not be changed are an error"),
            .value("criu", help: "CRIU's program, for checkpoint and restore (default: criu)"),
            .toggle("version", "v", help: "print the version"),
        ])

    /// The commands in the order in which the help lists them.
    static let names = [
        "create", "start", "run", "exec", "kill", "delete", "state", "list", "ps", "pause", "resume", "update",
        "events", "checkpoint", "restore", "spec", "features",
    ]

    package static func named(_ name: String) throws(RuntimeError) -> CommandSyntax {
        switch name {
        case "create": create
        case "run": run
        case "exec": exec
        case "kill": kill
        case "update": update
        case "checkpoint": checkpoint
        case "restore": restore
        case "start": onContainer("start", "run the program of a created container")
        case "state": onContainer("state", "print a container's state")
        case "pause": onContainer("pause", "freeze a container's processes")
        case "resume": onContainer("resume", "let a paused container's processes go on")
        case "delete":
            onContainer(
                "delete", "remove a stopped container",
                [.toggle("force", "f", help: "end the container first where it still runs (SIGKILL)")])
        case "list":
            CommandSyntax(
                name: "list", summary: "list the containers of the root", arguments: "", count: 0...0,
                flags: [format, .toggle("quiet", "q", help: "print ids alone")])
        case "ps":
            CommandSyntax(
                name: "ps", summary: "list a container's processes", arguments: "<container-id> [options of ps(1)]",
                count: 1...Int.max, ownsFirstOnly: true, flags: [format])
        case "events":
            onContainer(
                "events", "print what a container uses, and when it runs out of memory",
                [
                    .value("interval", help: "time between two reports, as 500ms or 1m30s (default: 5s)"),
                    .toggle("stats", help: "print one report and end"),
                ])
        case "spec":
            CommandSyntax(
                name: "spec", summary: "write a config.json to start from", arguments: "", count: 0...0,
                flags: [bundle, .toggle("rootless", help: "for a container made without root's rights")])
        case "features":
            CommandSyntax(
                name: "features", summary: "print what this runtime can do, as JSON", arguments: "", count: 0...0)
        default: throw .noSuchCommand(name)
        }
    }

    private static func onContainer(_ name: String, _ summary: String, _ flags: [Flag] = []) -> CommandSyntax {
        CommandSyntax(name: name, summary: summary, arguments: "<container-id>", count: 1...1, flags: flags)
    }

    // MARK: Flags that several commands share

    static let bundle = Flag.value("bundle", "b", help: "the bundle's directory (default: the current one)")
    private static let format = Flag.value("format", "f", help: "table or json (default: table)")
    static let detach = Flag.toggle("detach", "d", help: "return once the program runs")
    static let pidFile = Flag.value("pid-file", help: "file to write the process id to")
    static let consoleSocket = Flag.value(
        "console-socket", help: "Unix socket that gets the descriptor of the terminal's master")
    private static let pidfdSocket = Flag.value(
        "pidfd-socket", help: "Unix socket that gets a descriptor of the process (pidfd)")
    private static let preserveFds = Flag.value(
        "preserve-fds", help: "number of descriptors after the standard streams (and $LISTEN_FDS) to pass on")
    static let noSubreaper = Flag.toggle(
        "no-subreaper", help: "do not reap processes whose parents ended before them")

    private static let creation = [
        bundle, consoleSocket, pidfdSocket, pidFile,
        .toggle("no-pivot", help: "move the root instead of pivot_root(2), for a root on an initramfs"),
        .toggle("no-new-keyring", help: "keep the caller's session keyring"), preserveFds,
    ]

    // MARK: Commands with many flags

    private static let create = CommandSyntax(
        name: "create", summary: "make a container whose program waits for start", arguments: "<container-id>",
        count: 1...1, flags: creation)

    private static let run = CommandSyntax(
        name: "run", summary: "make a container and run its program", arguments: "<container-id>", count: 1...1,
        flags: creation + [
            detach, .toggle("keep", help: "keep the container, stopped, when its program has ended"), noSubreaper,
        ])

    private static let exec = CommandSyntax(
        name: "exec", summary: "run another program in a container",
        arguments: "<container-id> <program> [arguments] | --process <file> <container-id>", count: 1...Int.max,
        ownsFirstOnly: true,
        flags: [
            consoleSocket, pidfdSocket,
            .value("cwd", help: "working directory in the container"),
            .value("env", "e", help: "NAME=VALUE to add to the environment; may be repeated"),
            .toggle("tty", "t", help: "give the program a terminal"),
            .value("user", "u", help: "<uid>[:<gid>]"),
            .value("additional-gids", "g", help: "a further group id; may be repeated"),
            .value("process", "p", help: "file with the whole process as JSON, instead of the other flags"),
            detach, pidFile,
            .value("process-label", help: "SELinux label of the process"),
            .value("apparmor", help: "AppArmor profile of the process"),
            .toggle("no-new-privs", help: "forbid the process to gain privileges"),
            .value("cap", "c", help: "a capability to add; may be repeated"), preserveFds,
            .value("cgroup", help: "[<controller>[,…]:]<path> of a cgroup below the container's; may be repeated"),
            .toggle("ignore-paused", help: "run it in a paused container too"), noSubreaper,
        ])

    private static let kill = CommandSyntax(
        name: "kill", summary: "send a signal to a container's first process", arguments: "<container-id> [signal]",
        count: 1...2, flags: [.toggle("all", "a", help: "send it to every process of the container")],
        details: "The signal is a name with or without SIG, SIGRTMIN+n and SIGRTMAX-n included, or a number; TERM by\n"
            + "default.")

    private static let update = CommandSyntax(
        name: "update", summary: "change limits of a container", arguments: "<container-id>", count: 1...1,
        flags: [
            .value("resources", "r", help: "file of linux.resources as JSON, or -; the other flags do not count then"),
            .value("blkio-weight", help: "weight of block devices, 10 to 1000"),
            .value("cpu-period", help: "period of the CPU quota in microseconds"),
            .value("cpu-quota", help: "CPU time in a period in microseconds, -1 for no limit"),
            .value("cpu-burst", help: "unused CPU time that may be saved up, in microseconds"),
            .value("cpu-share", help: "weight of CPU time against other containers, 2 to 262144"),
            .value("cpu-rt-period", help: "period of the realtime quota in microseconds"),
            .value("cpu-rt-runtime", help: "realtime CPU time in a period in microseconds"),
            .value("cpuset-cpus", help: "CPUs to run on, as 0-2,7"),
            .value("cpuset-mems", help: "memory nodes to use"),
            .value("cpu-idle", help: "1 to run only when nobody else wants to, 0 otherwise"),
            .value("memory", help: "memory limit in bytes, or with k, m, g or t; -1 for none"),
            .value("memory-reservation", help: "soft limit of memory"),
            .value("memory-swap", help: "limit of memory and swap together; -1 for none"),
            .value("kernel-memory", help: "ignored, as the kernel does"),
            .value("kernel-memory-tcp", help: "ignored, as the kernel does"),
            .value("pids-limit", help: "number of tasks, 0 or less for no limit"),
            .value("l3-cache-schema", help: "Intel RDT: the schemata line of the L3 cache"),
            .value("mem-bw-schema", help: "Intel RDT: the schemata line of memory bandwidth"),
        ])
}
