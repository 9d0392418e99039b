import CLinux
import Glibc
internal import LinuxSystem

extension RuntimeCommand {
    static func checkpoint(_ arguments: inout Arguments, _ global: GlobalOptions) throws(RuntimeError) {
        var options = CheckpointOptions(criu: global.criu, imagePath: defaultImagePath)
        var pageServer = ""
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "--image-path": options.imagePath = try imagePath(try arguments.value())
            case "--work-path": options.workPath = try arguments.value()
            case "--parent-path": options.parentPath = try arguments.value()
            case "--leave-running": options.leavesRunning = try arguments.isOn()
            case "--tcp-established": options.tcpEstablished = try arguments.isOn()
            case "--tcp-skip-in-flight": options.tcpSkipsInFlight = try arguments.isOn()
            case "--link-remap": options.linkRemap = try arguments.isOn()
            case "--ext-unix-sk": options.externalUnixSockets = try arguments.isOn()
            case "--shell-job": options.shellJob = try arguments.isOn()
            case "--lazy-pages": options.lazyPages = try arguments.isOn()
            case "--status-fd":
                let number: Int32 = try arguments.number()
                options.statusDescriptor = number == -1 ? nil : number
            case "--page-server": pageServer = try arguments.value()
            case "--file-locks": options.fileLocks = try arguments.isOn()
            case "--pre-dump": options.isPreDump = try arguments.isOn()
            case "--manage-cgroups-mode": options.cgroupMode = try cgroupMode(try arguments.value())
            case "--empty-ns": try checkEmptyNamespace(try arguments.value())
            case "--auto-dedup": options.autoDedup = try arguments.isOn()
            default: throw Arguments.unknown(flag)
            }
        }
        let id = try arguments.required("container-id")
        try arguments.finish()
        warnWithoutRoot("checkpoint", global.log)
        options.pageServer = try server(pageServer)
        try checkParent(&options)
        try global.runtime.checkpoint(id, options)
    }

    static func restore(_ arguments: inout Arguments, _ global: GlobalOptions) throws(RuntimeError) -> Int32 {
        var options = RestoreOptions(criu: global.criu, imagePath: defaultImagePath, creation: CreationOptions())
        var detach = false
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "-b", "--bundle":
                let bundle = try arguments.value()
                if !bundle.isEmpty { options.creation.bundle = bundle }
            case "--console-socket": options.creation.consoleSocket = try arguments.value()
            case "--pid-file": options.creation.pidFile = try arguments.value()
            case "--no-pivot": options.creation.usesPivot = try !arguments.isOn()
            case "--no-subreaper": options.creation.reapsOrphans = try !arguments.isOn()
            case "-d", "--detach": detach = try arguments.isOn()
            case "--image-path": options.imagePath = try imagePath(try arguments.value())
            case "--work-path": options.workPath = try arguments.value()
            case "--tcp-established": options.tcpEstablished = try arguments.isOn()
            case "--ext-unix-sk": options.externalUnixSockets = try arguments.isOn()
            case "--shell-job": options.shellJob = try arguments.isOn()
            case "--file-locks": options.fileLocks = try arguments.isOn()
            case "--manage-cgroups-mode": options.cgroupMode = try cgroupMode(try arguments.value())
            case "--empty-ns": try checkEmptyNamespace(try arguments.value())
            case "--auto-dedup": options.autoDedup = try arguments.isOn()
            case "--lazy-pages": options.lazyPages = try arguments.isOn()
            case "--lsm-profile": options.securityProfile = nonEmpty(try arguments.value())
            case "--lsm-mount-context": options.mountContext = nonEmpty(try arguments.value())
            default: throw Arguments.unknown(flag)
            }
        }
        let id = try arguments.required("container-id")
        try arguments.finish()
        warnWithoutRoot("restore", global.log)
        try options.creation.complete(global)
        return try global.runtime.restore(id, options, detach: detach)
    }

    // MARK: Values

    private static let defaultImagePath = "checkpoint"

    private static func imagePath(_ path: String) throws(RuntimeError) -> String {
        path.isEmpty ? defaultImagePath : path
    }

    private static func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

    private static func cgroupMode(_ name: String) throws(RuntimeError) -> CheckpointOptions.CgroupMode? {
        guard !name.isEmpty else { return nil }
        guard let mode = CheckpointOptions.CgroupMode(rawValue: name) else {
            throw .other("Invalid manage cgroups mode")
        }
        return mode
    }

    /// Network namespaces are always made empty: the runtime makes no devices, so it brings none back.
    private static func checkEmptyNamespace(_ name: String) throws(RuntimeError) {
        guard name == "network" else { throw .other("namespace \"\(name)\" is not supported") }
    }

    /// ADDRESS:PORT, an address of version 6 in brackets.
    private static func server(_ text: String) throws(RuntimeError) -> CheckpointOptions.PageServer? {
        guard !text.isEmpty else { return nil }
        guard let colon = text.lastIndex(of: ":") else {
            throw .other("Use --page-server ADDRESS:PORT to specify page server")
        }
        var address = text[..<colon]
        let port = text[text.index(after: colon)...]
        if address.hasPrefix("["), address.hasSuffix("]") { address = address.dropFirst().dropLast() }
        guard !address.isEmpty, !port.isEmpty else {
            throw .other("Use --page-server ADDRESS:PORT to specify page server")
        }
        guard let number = Int32(port) else { throw .other("Invalid port number") }
        return CheckpointOptions.PageServer(address: String(address), port: number)
    }

    private static func checkParent(_ options: inout CheckpointOptions) throws(RuntimeError) {
        guard let parent = options.parentPath, !parent.isEmpty else {
            options.parentPath = nil
            return
        }
        guard !parent.hasPrefix("/") else { throw .other("--parent-path must be relative") }
        let path = "\(options.imagePath)/\(parent)"
        do throws(SystemError) {
            guard try File.status(path).st_mode & S_IFMT == S_IFDIR else {
                throw SystemError(operation: "stat", path: path, errno: ENOTDIR)
            }
        } catch { throw .system(doing: "invalid --parent-path", error) }
    }

    private static func warnWithoutRoot(_ name: String, _ log: RuntimeLog) {
        guard geteuid() != 0 else { return }
        log.warn("\(program) \(name) is untested with rootless containers")
    }
}
