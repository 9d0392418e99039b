import CLI
import Engine
import Glibc
import LinuxSystem
import OCISpec

/// Writes a container's specification from the flags and the image's configuration.
struct SpecificationBuilder {
    private static let period: UInt64 = 100_000

    let flags: ParsedFlags
    let environment: [String: String]
    private(set) var spec: Spec

    init(cgroupsPath: String, flags: ParsedFlags, environment: [String: String]) {
        self.flags = flags
        self.environment = environment
        spec = DefaultSpecification.make(cgroupsPath: cgroupsPath)
        spec.process?.env = [DefaultSpecification.path]
    }

    /// Takes over what the image's author says.
    mutating func apply(image: ImageConfig?) {
        guard let image else { return }
        if !image.env.isEmpty { spec.process?.env = image.env }
        spec.process?.args = (image.entrypoint ?? []) + (image.cmd ?? [])
        if let directory = image.workingDir, !directory.isEmpty { spec.process?.cwd = directory }
    }

    /// Takes over what the user says.
    ///
    /// - Parameter arguments: the program's words; none leave the image's.
    mutating func apply(arguments: [String]) throws {
        if !arguments.isEmpty { spec.process?.args = arguments }
        try applyProcess()
        try applyPrivileges()
        try applyNamespaces()
        try applyFiles()
        applyResources()
        let annotations = ControlInvocation.map(flags.list("annotation"))
        if !annotations.isEmpty { spec.annotations = annotations }
    }

    /// Resolves the user in the container's own files.
    ///
    /// - Parameter root: the root file system, or nil where there is none to look in.
    mutating func applyUser(image: String?, root: Int32?) throws {
        let text = flags.isSet("user") ? flags.string("user") : image ?? ""
        guard !text.isEmpty else { return }
        spec.process?.user = try UserLookup(root: root).user(text)
    }

    // MARK: The parts

    private mutating func applyProcess() throws {
        let given = try EnvironmentVariables.gather(
            files: flags.list("env-file"), values: flags.list("env"), environment: environment)
        for variable in given {
            let name = variable.prefix { $0 != "=" } + "="
            spec.process?.env.removeAll { $0.hasPrefix(name) }
            spec.process?.env.append(variable)
        }
        if flags.isSet("cwd") { spec.process?.cwd = flags.string("cwd") }
        if flags.bool("tty") {
            spec.process?.terminal = true
            if spec.process?.env.contains(where: { $0.hasPrefix("TERM=") }) == false {
                spec.process?.env.append("TERM=xterm")
            }
        }
        if flags.isSet("hostname") { spec.hostname = flags.string("hostname") }
        guard spec.process?.args.isEmpty == false else {
            throw CommandFailure("no command is given, and the image has none")
        }
    }

    private mutating func applyPrivileges() throws {
        let own = CapabilityNames.known
        var set = flags.bool("privileged") ? own : DefaultSpecification.capabilities
        for name in flags.list("cap-add") {
            guard own.contains(name) else { throw Self.unknownCapability(name) }
            if !set.contains(name) { set.append(name) }
        }
        for name in flags.list("cap-drop") {
            guard own.contains(name) else { throw Self.unknownCapability(name) }
            set.removeAll { $0 == name }
        }
        spec.process?.capabilities = Capabilities(bounding: set, effective: set, permitted: set)
        if flags.bool("privileged") {
            spec.linux?.maskedPaths = []
            spec.linux?.readonlyPaths = []
            spec.linux?.resources?.devices = [DeviceCgroup(allow: true, access: "rwm")]
            for index in spec.mounts.indices where ["sysfs", "cgroup"].contains(spec.mounts[index].type) {
                spec.mounts[index].options = spec.mounts[index].options.map { $0 == "ro" ? "rw" : $0 }
            }
            spec.linux?.devices = try DeviceTree.devices(below: "/dev")
        }
        if flags.bool("allow-new-privs") { spec.process?.noNewPrivileges = false }
        if flags.isSet("apparmor-profile") { spec.process?.apparmorProfile = flags.string("apparmor-profile") }
        try applySeccomp(capabilities: set)
    }

    private static func unknownCapability(_ name: String) -> CommandFailure {
        CommandFailure("capabilities must be specified with 'CAP_' prefix: unknown capability \"\(name)\"")
    }

    private mutating func applySeccomp(capabilities: [String]) throws {
        guard flags.bool("seccomp"), !flags.bool("privileged") else {
            guard !flags.isSet("seccomp-profile") else {
                throw CommandFailure("seccomp must be set to true, if using a custom seccomp-profile")
            }
            return
        }
        let kernel = try KernelVersion(release: File.readText("/proc/sys/kernel/osrelease")) ?? KernelVersion(0, 0)
        let profile =
            flags.isSet("seccomp-profile")
            ? try SeccompProfile(
                json: String(decoding: try FileBytes.read(flags.string("seccomp-profile")), as: UTF8.self))
            : .docker
        spec.linux?.seccomp = try profile.filter(capabilities: capabilities, kernel: kernel)
    }

    private mutating func applyNamespaces() throws {
        if flags.bool("net-host") {
            spec.linux?.namespaces.removeAll { $0.type == "network" }
            for file in ["/etc/hosts", "/etc/resolv.conf"] where File.exists(file) {
                spec.mounts.append(
                    Mount(destination: file, type: "bind", source: file, options: ["rbind", "ro"]))
            }
        }
        for text in flags.list("with-ns") {
            guard let colon = text.firstIndex(of: ":"), colon != text.startIndex,
                text.index(after: colon) != text.endIndex
            else { throw CommandFailure("the option --with-ns must be in form <nstype>:<path>") }
            let type = String(text[..<colon])
            guard ["pid", "ipc", "uts", "mount", "network", "user", "cgroup", "time"].contains(type) else {
                throw CommandFailure("unknown namespace type \"\(type)\" in --with-ns")
            }
            spec.linux?.namespaces.removeAll { $0.type == type }
            spec.linux?.namespaces.append(Namespace(type: type, path: String(text[text.index(after: colon)...])))
        }
        let (users, groups) = (flags.list("uidmap"), flags.list("gidmap"))
        guard users.isEmpty == groups.isEmpty else {
            throw CommandFailure("--uidmap and --gidmap must be specified together")
        }
        guard !users.isEmpty else { return }
        spec.linux?.namespaces.append(Namespace(type: "user"))
        spec.linux?.uidMappings = try users.map(Self.mapping)
        spec.linux?.gidMappings = try groups.map(Self.mapping)
    }

    private static func mapping(_ text: String) throws -> IDMapping {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0) }
        guard parts.count == 3, let container = parts[0], let host = parts[1], let size = parts[2] else {
            throw CommandFailure("bad id map \"\(text)\": use container-id:host-id:length")
        }
        return IDMapping(containerID: container, hostID: host, size: size)
    }

    private mutating func applyFiles() throws {
        for text in flags.list("mount") { spec.mounts.append(try Self.mount(text)) }
        if flags.bool("read-only") { spec.root?.readonly = true }
        if flags.isSet("rootfs-propagation") { spec.linux?.rootfsPropagation = flags.string("rootfs-propagation") }
        for path in flags.list("device") {
            let devices = try DeviceTree.devices(below: path)
            spec.linux?.devices += devices
            spec.linux?.resources?.devices += devices.map {
                DeviceCgroup(allow: true, type: $0.type, major: $0.major, minor: $0.minor, access: "rwm")
            }
        }
    }

    /// `type=bind,src=/tmp,dst=/host,options=rbind:ro`.
    private static func mount(_ text: String) throws -> Mount {
        var mount = Mount(destination: "")
        for part in text.split(separator: ",") {
            let key = part.prefix { $0 != "=" }
            let value = String(part.dropFirst(key.count + 1))
            switch key {
            case "type": mount.type = value
            case "source", "src": mount.source = value
            case "destination", "dst": mount.destination = value
            case "options": mount.options = value.split(separator: ":").map(String.init)
            default: throw CommandFailure("mount option \"\(key)\" not supported")
            }
        }
        guard !mount.destination.isEmpty else { throw CommandFailure("mount \"\(text)\" has no destination") }
        return mount
    }

    private mutating func applyResources() {
        if flags.isSet("cgroup") { spec.linux?.cgroupsPath = flags.string("cgroup") }
        if flags.int("memory-limit") > 0 { spec.linux?.resources?.memory = Memory(limit: flags.int("memory-limit")) }
        var cpu = CPU()
        if flags.int("cpu-shares", default: 1024) != 1024 { cpu.shares = UInt64(max(0, flags.int("cpu-shares"))) }
        if flags.isSet("cpus") {
            // Billionths of a CPU, see ``FlagChecks/decimal(_:)``.
            cpu.period = Self.period
            cpu.quota = flags.int("cpus") / (1_000_000_000 / Int64(Self.period))
        }
        if flags.int("cpu-quota", default: -1) != -1 { cpu.quota = flags.int("cpu-quota") }
        if flags.int("cpu-period") > 0 { cpu.period = UInt64(flags.int("cpu-period")) }
        if cpu != CPU() { spec.linux?.resources?.cpu = cpu }
    }
}
