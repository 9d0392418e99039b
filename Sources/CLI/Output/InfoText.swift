/// `info` as lines for people.
package enum InfoText {
    package static func text(_ info: JSONValue) -> String {
        var text = "Client:\n Version:    \(SkiffVersion.number)\n Context:    default\n"
        text += " Debug Mode: false\n\nServer:\n"
        text += counts(info) + driver(info) + plugins(info) + security(info) + host(info)
        return text
    }

    private static func line(_ title: String, _ value: String) -> String {
        value.isEmpty ? "" : " \(title): \(value)\n"
    }

    private static func counts(_ info: JSONValue) -> String {
        line("Containers", String(info["Containers"].integer))
            + "  Running: \(info["ContainersRunning"].integer)\n"
            + "  Paused: \(info["ContainersPaused"].integer)\n"
            + "  Stopped: \(info["ContainersStopped"].integer)\n"
            + line("Images", String(info["Images"].integer))
            + line("Server Version", info["ServerVersion"].text)
    }

    private static func driver(_ info: JSONValue) -> String {
        var text = line("Storage Driver", info["Driver"].text)
        for pair in info["DriverStatus"].arrayValue ?? [] {
            text += "  \(pair[0].text): \(pair[1].text)\n"
        }
        return text + line("Logging Driver", info["LoggingDriver"].text)
            + line("Cgroup Driver", info["CgroupDriver"].text) + line("Cgroup Version", info["CgroupVersion"].text)
    }

    private static func plugins(_ info: JSONValue) -> String {
        var text = " Plugins:\n"
        for kind in ["Volume", "Network", "Authorization", "Log"] {
            let names = info["Plugins"][kind].strings
            if !names.isEmpty { text += "  \(kind): \(names.joined(separator: " "))\n" }
        }
        text += line("Swarm", info["Swarm"]["LocalNodeState"].text)
        let runtimes = info["Runtimes"].objectValue?.keys ?? []
        if !runtimes.isEmpty { text += line("Runtimes", runtimes.joined(separator: " ")) }
        text += line("Default Runtime", info["DefaultRuntime"].text) + line("Init Binary", info["InitBinary"].text)
        for (title, key) in [("containerd", "ContainerdCommit"), ("runc", "RuncCommit"), ("init", "InitCommit")] {
            let commit = info[key]["ID"].text
            if !commit.isEmpty { text += " \(title) version: \(commit)\n" }
        }
        return text
    }

    private static func security(_ info: JSONValue) -> String {
        let options = info["SecurityOptions"].strings
        guard !options.isEmpty else { return "" }
        return " Security Options:\n"
            + options.map { option in
                let fields = option.split(separator: ",").compactMap { String($0).cut(at: "=") }
                let name = fields.first { $0.before == "name" }?.after ?? option
                return "  \(name)\n"
                    + fields.filter { $0.before != "name" }.map { field in
                        "   \(field.before.prefix(1).uppercased() + field.before.dropFirst()): \(field.after)\n"
                    }.joined()
            }.joined()
    }

    private static func host(_ info: JSONValue) -> String {
        var text = line("Kernel Version", info["KernelVersion"].text)
        text += line("Operating System", info["OperatingSystem"].text) + line("OSType", info["OSType"].text)
        text += line("Architecture", info["Architecture"].text) + line("CPUs", String(info["NCPU"].integer))
        text += line("Total Memory", Humanize.binarySize(info["MemTotal"].doubleValue ?? 0))
        text += line("Name", info["Name"].text) + line("ID", info["ID"].text)
        text += line("Docker Root Dir", info["DockerRootDir"].text)
        text += line("Debug Mode", info["Debug"].boolValue == true ? "true" : "false")
        let labels = info["Labels"].strings
        if !labels.isEmpty { text += " Labels:\n" + labels.map { "  \($0)\n" }.joined() }
        text += line("Experimental", info["ExperimentalBuild"].boolValue == true ? "true" : "false")
        text += registries(info["RegistryConfig"])
        text += line("Live Restore Enabled", info["LiveRestoreEnabled"].boolValue == true ? "true" : "false")
        return text + "\n"
    }

    private static func registries(_ configuration: JSONValue) -> String {
        let indexes = (configuration["IndexConfigs"].objectValue?.members ?? [])
            .filter { $0.value["Secure"].boolValue == false }.map(\.key)
        let networks = configuration["InsecureRegistryCIDRs"].strings
        var text = ""
        if !indexes.isEmpty || !networks.isEmpty {
            text += " Insecure Registries:\n" + (indexes + networks).map { "  \($0)\n" }.joined()
        }
        let mirrors = configuration["Mirrors"].strings
        if !mirrors.isEmpty { text += " Registry Mirrors:\n" + mirrors.map { "  \($0)\n" }.joined() }
        return text
    }
}
