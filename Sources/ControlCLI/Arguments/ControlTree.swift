import CLI

/// All commands by their words.
enum ControlTree {
    struct Group {
        let names: [String]
        let summary: String
        let commands: [ControlCommand]
    }

    static let groups = [
        Group(
            names: ["containers", "c", "container"], summary: "Manage containers: what tasks are made of",
            commands: ContainerCommands.all),
        Group(names: ["content"], summary: "Manage content", commands: ContentCommands.all),
        Group(names: ["images", "i", "image"], summary: "Manage images", commands: ImageCommands.all),
        Group(names: ["namespaces", "ns", "namespace"], summary: "Manage namespaces", commands: NamespaceCommands.all),
        Group(names: ["oci"], summary: "OCI tools", commands: [OCICommand.spec]),
        Group(names: ["snapshots", "snapshot"], summary: "Manage snapshots", commands: SnapshotCommands.all),
        Group(
            names: ["tasks", "t", "task"], summary: "Manage tasks: containers with processes",
            commands: TaskCommands.all),
    ]

    /// Commands without a group; those about containers and tasks are there as well, for short.
    static let top =
        [
            RunCommand.run, ContainerCommands.create, TaskStart.start, TaskExec.exec, TaskCommands.attach,
            TaskCommands.kill, TaskCommands.pause, TaskCommands.resume, TaskCommands.processes,
            ContainerCommands.remove,
            TaskMetrics.metrics, TaskCommands.checkpoint, TaskStart.restore, TaskCommands.wait, EventsCommand.events,
            VersionCommand.version,
        ]

    static func help(globalFlags: FlagSet, width: Int) -> String {
        """
        Usage:  skiff-ctr [OPTIONS] COMMAND

        Talks to skiff-supervisor and to the images' store, with ctr's commands

        Groups:
        \(table(groups.map { ($0.names, $0.summary) }))
        Commands:
        \(table(top.map { ($0.names, $0.summary) }))
        Options:
        \(globalFlags.usage(width: width - 1))
        """
    }

    static func help(_ group: Group) -> String {
        """
        Usage:  skiff-ctr \(group.names[0]) COMMAND

        \(group.summary)

        Commands:
        \(table(group.commands.map { ($0.names, $0.summary) }))
        """
    }

    private static func table(_ rows: [([String], String)]) -> String {
        let heads = rows.map { $0.0.joined(separator: ", ") }
        let width = heads.map(\.count).max() ?? 0
        return zip(heads, rows).map { head, row in
            "  \(head)\(String(repeating: " ", count: width - head.count))  \(row.1)\n"
        }.joined()
    }
}
