import CLI

/// `version`: of this program and of the supervisor.
enum VersionCommand {
    static let version = ControlCommand("version", summary: "Print the client and server versions", .none) {
        invocation in
        invocation.console.print("Client:\n  Version:  \(SkiffVersion.number)\n  Revision: \(SkiffVersion.commit)\n")
        invocation.console.flush()
        let answer = try await invocation.client().version()
        invocation.console.print("Server:\n  Version:  \(answer.version)\n  Pid:      \(answer.pid)")
        return 0
    }
}
