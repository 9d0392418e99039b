/// All commands by their words. A command is made only when it is asked for.
package enum CommandTree {
    package struct Entry {
        package let names: [String]
        let make: (String) -> Command

        init(_ names: String..., make: @escaping (String) -> Command) {
            self.names = names
            self.make = make
        }
    }

    package struct Group {
        package let name: String
        package let summary: String
        package let entries: [Entry]
    }

    /// Commands that a newcomer wants first, in the order of help.
    static let common = ["run", "exec", "ps", "pull", "images", "version", "info"]

    package static var groups: [Group] {
        [
            Group(name: "container", summary: "Manage containers", entries: containers),
            Group(name: "image", summary: "Manage images", entries: images),
            Group(name: "network", summary: "Manage networks", entries: networks),
            Group(name: "system", summary: "Manage Skiff", entries: system),
            Group(name: "volume", summary: "Manage volumes", entries: volumes),
        ]
    }

    package static var top: [Entry] {
        containers.filter { !["ls", "inspect", "prune"].contains($0.names[0]) } + [
            Entry("ps", make: ContainerListCommand.make),
            Entry("images", make: ImageListCommand.make),
            Entry("pull", make: ImageCommands.pull),
            Entry("load", make: ImageCommands.load),
            Entry("rmi", make: ImageCommands.remove),
            Entry("tag", make: ImageCommands.tag),
            Entry("inspect", make: InspectCommand.make),
            Entry("version", make: VersionCommand.make),
            Entry("info", make: InfoCommand.make),
            Entry("events", make: EventsCommand.make),
        ]
    }

    private static var containers: [Entry] {
        [
            Entry("attach", make: AttachCommand.make),
            Entry("create", make: CreateCommand.make),
            Entry("exec", make: ExecCommand.make),
            Entry("inspect", make: InspectCommand.make(kind: "container")),
            Entry("kill", make: LifecycleCommands.kill),
            Entry("logs", make: LogsCommand.make),
            Entry("ls", "list", "ps", make: ContainerListCommand.make),
            Entry("pause", make: LifecycleCommands.pause),
            Entry("port", make: PortCommand.make),
            Entry("rename", make: LifecycleCommands.rename),
            Entry("restart", make: LifecycleCommands.restart),
            Entry("rm", "remove", make: LifecycleCommands.remove),
            Entry("run", make: RunCommand.make),
            Entry("start", make: StartCommand.make),
            Entry("stats", make: StatsCommand.make),
            Entry("stop", make: LifecycleCommands.stop),
            Entry("top", make: TopCommand.make),
            Entry("unpause", make: LifecycleCommands.unpause),
            Entry("wait", make: LifecycleCommands.wait),
        ]
    }

    private static var images: [Entry] {
        [
            Entry("inspect", make: InspectCommand.make(kind: "image")),
            Entry("load", make: ImageCommands.load),
            Entry("ls", "list", make: ImageListCommand.make),
            Entry("pull", make: ImageCommands.pull),
            Entry("rm", "remove", make: ImageCommands.remove),
            Entry("tag", make: ImageCommands.tag),
        ]
    }

    private static var networks: [Entry] {
        [
            Entry("inspect", make: InspectCommand.make(kind: "network")),
            Entry("ls", "list", make: NetworkCommands.list),
        ]
    }

    private static var system: [Entry] {
        [
            Entry("df", make: DiskUsageCommand.make),
            Entry("events", make: EventsCommand.make),
            Entry("info", make: InfoCommand.make),
        ]
    }

    private static var volumes: [Entry] {
        [
            Entry("create", make: VolumeCommands.create),
            Entry("inspect", make: InspectCommand.make(kind: "volume")),
            Entry("ls", "list", make: VolumeCommands.list),
            Entry("rm", "remove", make: VolumeCommands.remove),
        ]
    }
}
