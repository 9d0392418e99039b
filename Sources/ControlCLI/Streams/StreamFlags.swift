import CLI
import SupervisorClient

/// The flags of commands that start processes, about their streams.
enum StreamFlags {
    static let all: [Flag] = [
        .bool("null-io", nil, "Send all output to /dev/null"),
        .string(
            "log-uri", nil, "Log, such as json-file:///PATH, file:///PATH or binary:///PROGRAM", placeholder: "uri"),
        .bool("detach", "d", "Do not wait for the process"),
    ]

    /// How the process's streams are connected, and whether this program copies them.
    static func streams(
        _ flags: ParsedFlags, terminal: Bool, console: Console
    ) -> (stdio: SupervisorClient.Stdio, isAttached: Bool) {
        var stdio = SupervisorClient.Stdio()
        stdio.terminal = terminal
        let isQuiet = flags.bool("null-io") || flags.isSet("log-uri")
        let isAttached = !flags.bool("detach") && !isQuiet
        stdio.log = flags.bool("null-io") ? "" : flags.string("log-uri")
        stdio.stdin = isAttached || (terminal && !isQuiet)
        // A terminal that nobody looks at yet stays open for who attaches.
        stdio.keepStdin = terminal && !isAttached && !isQuiet
        if terminal, let size = WindowSize.of(console.output) {
            stdio.width = UInt32(size.columns)
            stdio.height = UInt32(size.rows)
        }
        return (stdio, isAttached)
    }
}
