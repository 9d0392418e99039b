enum VersionCommand {
    static func make(_ path: String) -> Command {
        Command(
            path, "[OPTIONS]", "Show the Skiff version information", .none, flags: [FormatFlag.inspection()], run: run)
    }

    private static func run(_ invocation: Invocation) throws -> Int32 {
        let engine = try invocation.engine()
        var failure: EngineError?
        var server = JSONValue.null
        do {
            server = try engine.get("/version")
        } catch {
            failure = error
        }
        let version = failure == nil ? try engine.version() : EngineClient.newestVersion
        let client = client(version)
        let format = invocation.flags.string("format")
        if format.isEmpty {
            invocation.console.print(text(client: client, server: server), terminator: "")
        } else {
            var printer = try InspectPrinter(format: format == "json" ? "{{json .}}" : format, errorPrefix: "")
            try printer.add(JSONValue.object(JSONObject([("Client", client), ("Server", server)])).encodedBytes)
            invocation.console.print(printer.output, terminator: "")
        }
        if let failure { throw CommandFailure("\(failure)") }
        return 0
    }

    private static func client(_ version: String) -> JSONValue {
        [
            "Platform": ["Name": ""], "Version": .string(SkiffVersion.number), "ApiVersion": .string(version),
            "DefaultAPIVersion": .string(EngineClient.newestVersion), "GitCommit": .string(SkiffVersion.commit),
            "Os": "linux", "Arch": .string(SkiffVersion.architecture), "Context": "default",
        ]
    }

    /// Both sides' versions in the layout of `docker version`.
    package static func text(client: JSONValue, server: JSONValue) -> String {
        let used = client["ApiVersion"].text
        let newest = client["DefaultAPIVersion"].text
        var lines = "Client:\n"
        lines += " Version:\t\(client["Version"].text)\n"
        lines += " API version:\t\(used)" + (used == newest ? "" : " (downgraded from \(newest))") + "\n"
        lines += " Git commit:\t\(client["GitCommit"].text)\n"
        lines += " OS/Arch:\t\(client["Os"].text)/\(client["Arch"].text)\n"
        lines += " Context:\t\(client["Context"].text)\n"
        if !server.isNull {
            lines += "\nServer:"
            if !server["Platform"]["Name"].text.isEmpty { lines += " " + server["Platform"]["Name"].text }
            lines += "\n" + components(server)
        }
        return TableWriter.format(lines, minimumWidth: 20, padding: 1)
    }

    private static func components(_ server: JSONValue) -> String {
        let components =
            server["Components"].arrayValue ?? [
                ["Name": "Engine", "Version": server["Version"], "Details": server]
            ]
        return components.map { component in
            let details = component["Details"]
            guard component["Name"].text == "Engine" else {
                let rest = (details.objectValue?.sorted ?? []).map { "  \($0.key):\t\($0.value.text)\n" }.joined()
                return " \(component["Name"].text):\n  Version:\t\(component["Version"].text)\n" + rest
            }
            var lines = " Engine:\n  Version:\t\(component["Version"].text)\n"
            lines +=
                "  API version:\t\(details["ApiVersion"].text) (minimum version \(details["MinAPIVersion"].text))\n"
            if !details["GoVersion"].text.isEmpty { lines += "  Go version:\t\(details["GoVersion"].text)\n" }
            lines += "  Git commit:\t\(details["GitCommit"].text)\n"
            if let built = details["BuildTime"].stringValue, !built.isEmpty {
                lines += "  Built:\t" + (Timestamp(parsing: built)?.utc("%a %b %e %H:%M:%S %Y") ?? built) + "\n"
            }
            lines += "  OS/Arch:\t\(details["Os"].text)/\(details["Arch"].text)\n"
            lines +=
                "  Experimental:\t\(details["Experimental"].text.isEmpty ? "false" : details["Experimental"].text)\n"
            return lines
        }.joined()
    }
}
