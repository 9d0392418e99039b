extension ContainerConfiguration {
    func hostConfiguration(bindings: JSONObject, console size: WindowSize?) throws -> JSONObject {
        var host = JSONObject()
        host["Binds"] = JSONValue(binds())
        host["ContainerIDFile"] = .string(flags.string("cidfile"))
        host["LogConfig"] = [
            "Type": .string(flags.string("log-driver")),
            "Config": EnvironmentVariables.map(flags.list("log-opt")),
        ]
        host["NetworkMode"] = .string(try networks().first?.target ?? "default")
        host["PortBindings"] = .object(bindings)
        host["RestartPolicy"] = try restartPolicy()
        host["AutoRemove"] = .bool(removesItself)
        host["VolumeDriver"] = .string(flags.string("volume-driver"))
        host["ConsoleSize"] = [JSONValue(size?.rows ?? 0), JSONValue(size?.columns ?? 0)]
        for (name, key) in Self.lists where flags.isSet(name) { host[key] = JSONValue(flags.list(name)) }
        for (name, key) in Self.texts { host[key] = .string(flags.string(name)) }
        for (name, key) in Self.switches { host[key] = .bool(flags.bool(name)) }
        if flags.isSet("init") { host["Init"] = .bool(flags.bool("init")) }
        for (name, key) in [("sysctl", "Sysctls"), ("storage-opt", "StorageOpt"), ("annotation", "Annotations")]
        where flags.isSet(name) {
            host[key] = EnvironmentVariables.map(flags.list(name))
        }
        try addSecurity(to: &host)
        try addMounts(to: &host)
        try addResources(to: &host)
        return host
    }

    private static let lists = [
        ("dns", "Dns"), ("dns-option", "DnsOptions"), ("dns-search", "DnsSearch"), ("add-host", "ExtraHosts"),
        ("group-add", "GroupAdd"), ("cap-add", "CapAdd"), ("cap-drop", "CapDrop"), ("link", "Links"),
        ("volumes-from", "VolumesFrom"), ("device-cgroup-rule", "DeviceCgroupRules"),
    ]
    private static let texts = [
        ("cgroupns", "CgroupnsMode"), ("ipc", "IpcMode"), ("pid", "PidMode"), ("uts", "UTSMode"),
        ("userns", "UsernsMode"), ("runtime", "Runtime"), ("cgroup-parent", "CgroupParent"),
        ("cpuset-cpus", "CpusetCpus"), ("cpuset-mems", "CpusetMems"),
    ]
    private static let switches = [
        ("privileged", "Privileged"), ("publish-all", "PublishAllPorts"), ("read-only", "ReadonlyRootfs"),
    ]
    private static let numbers = [
        ("cpu-shares", "CpuShares"), ("memory", "Memory"), ("cpus", "NanoCpus"), ("blkio-weight", "BlkioWeight"),
        ("cpu-period", "CpuPeriod"), ("cpu-quota", "CpuQuota"), ("cpu-rt-period", "CpuRealtimePeriod"),
        ("cpu-rt-runtime", "CpuRealtimeRuntime"), ("kernel-memory", "KernelMemory"),
        ("memory-reservation", "MemoryReservation"), ("memory-swap", "MemorySwap"), ("shm-size", "ShmSize"),
        ("oom-score-adj", "OomScoreAdj"),
    ]

    /// `-v` values with a colon; a source that starts with a dot is made absolute.
    private func binds() -> [String] {
        flags.list("volume").compactMap { text in
            guard let (source, rest) = text.cut(at: ":") else { return nil }
            return (source.hasPrefix(".") ? FilePath.absolute(source) : source) + ":" + rest
        }
    }

    private func restartPolicy() throws(CommandFailure) -> JSONValue {
        let text = flags.string("restart", default: "no")
        let (name, count) = text.cut(at: ":") ?? (text, "")
        guard !flags.isSet("restart") || !removesItself || name == "no" || name.isEmpty else {
            throw CommandFailure("conflicting options: cannot specify both --restart and --rm")
        }
        guard !text.contains(":") || !name.isEmpty else {
            throw CommandFailure("invalid restart policy format: no policy provided before colon")
        }
        guard count.isEmpty || Int(count) != nil else {
            throw CommandFailure("invalid restart policy format: maximum retry count must be an integer")
        }
        return ["Name": .string(name), "MaximumRetryCount": JSONValue(Int(count) ?? 0)]
    }

    private func addSecurity(to host: inout JSONObject) throws {
        var options: [String] = []
        for option in flags.list("security-opt") {
            if option == "systempaths=unconfined" {
                host["MaskedPaths"] = []
                host["ReadonlyPaths"] = []
                continue
            }
            options.append(try withProfile(option))
        }
        if !options.isEmpty { host["SecurityOpt"] = JSONValue(options) }
    }

    /// A seccomp profile named by a file is sent itself, since the engine may run elsewhere.
    private func withProfile(_ option: String) throws -> String {
        guard let (name, value) = option.cut(at: "=") ?? option.cut(at: ":") else {
            guard option == "no-new-privileges" else {
                throw CommandFailure("Invalid --security-opt: \(GoQuote.quote(option))")
            }
            return option
        }
        guard name == "seccomp", value != "unconfined", value != "builtin" else { return option }
        do {
            return "seccomp=" + (try JSONParser.parse(try FileBytes.read(value))).encoded
        } catch let failure as CommandFailure {
            throw CommandFailure("opening seccomp profile (\(value)) failed: \(failure.message ?? "")")
        } catch {
            throw CommandFailure("compacting json for seccomp profile (\(value)) failed: \(error)")
        }
    }

    private func addMounts(to host: inout JSONObject) throws {
        let temporary = flags.list("tmpfs").map { text in
            let (path, options) = text.cut(at: ":") ?? (text, "")
            return (path, JSONValue.string(options))
        }
        if !temporary.isEmpty { host["Tmpfs"] = .object(JSONObject(temporary)) }
        if flags.isSet("mount") {
            host["Mounts"] = .array(try flags.list("mount").map { try JSONParser.parse($0) })
        }
    }

    private func addResources(to host: inout JSONObject) throws {
        for (name, key) in Self.numbers where flags.isSet(name) { host[key] = JSONValue(flags.int(name)) }
        if flags.isSet("memory-swappiness") { host["MemorySwappiness"] = JSONValue(flags.int("memory-swappiness")) }
        if flags.isSet("pids-limit") { host["PidsLimit"] = JSONValue(flags.int("pids-limit")) }
        if flags.isSet("oom-kill-disable") { host["OomKillDisable"] = .bool(flags.bool("oom-kill-disable")) }
        if flags.isSet("ulimit") {
            host["Ulimits"] = .array(try flags.list("ulimit").map { try JSONParser.parse($0) })
        }
        var devices: [JSONValue] = []
        for device in flags.list("device") {
            devices.append(try DeviceSpecification.parse(device))
        }
        if !devices.isEmpty { host["Devices"] = .array(devices) }
        let throttles = [
            ("device-read-bps", "BlkioDeviceReadBps", "Rate"), ("device-write-bps", "BlkioDeviceWriteBps", "Rate"),
            ("device-read-iops", "BlkioDeviceReadIOps", "Rate"), ("device-write-iops", "BlkioDeviceWriteIOps", "Rate"),
            ("blkio-weight-device", "BlkioWeightDevice", "Weight"),
        ]
        for (name, key, unit) in throttles where flags.isSet(name) {
            host[key] = .array(
                flags.list(name).map { text in
                    let (path, rate) = text.cut(at: ":") ?? (text, "0")
                    return .object(JSONObject([("Path", .string(path)), (unit, .number(rate))]))
                })
        }
    }
}
