internal import SupervisorProtocol

/// The values of stdin, stdout and stderr in a shim's requests.
struct ShimStreams: Equatable {
    var stdin = ""
    var stdout = ""
    var stderr = ""

    /// What only Skiff's shim knows, logs and attach clients, is refused for another one.
    init(_ stdio: Skiff_Supervisor_V1_Stdio, isOwnShim: Bool) throws(SupervisorError) {
        guard isOwnShim else {
            guard stdio.log.isEmpty || stdio.log.hasPrefix("file://") || stdio.log.hasPrefix("binary://") else {
                throw .invalid("log \(stdio.log) is written by Skiff's own shim only")
            }
            guard !stdio.stdin else { throw .invalid("standard input is served by Skiff's own shim only") }
            stdout = stdio.log
            stderr = stdio.terminal ? "" : stdio.log
            return
        }
        var options: [String] = []
        if stdio.stdin { options.append("open=1") }
        if stdio.keepStdin { options.append("keep=1") }
        if stdio.width > 0, stdio.height > 0 { options += ["width=\(stdio.width)", "height=\(stdio.height)"] }
        stdin = "attach:?" + options.joined(separator: "&")
        stdout = stdio.log.isEmpty ? "attach:" : stdio.log
        stderr = stdio.terminal ? "" : stdout
    }
}
