import CLinux
import Glibc
internal import CRIU
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

/// Saves a container's processes by CRIU.
struct Checkpoint {
    static let logName = "dump.log"

    let record: ContainerRecord
    let container: ContainerSpec
    let options: CheckpointOptions
    let log: RuntimeLog

    /// - Throws: What the bundle's configuration has wrong by now: it is read again, since the record does not say
    ///   what is mounted.
    init(
        _ record: ContainerRecord, _ directory: StateDirectory, _ options: CheckpointOptions, log: RuntimeLog
    ) throws(RuntimeError) {
        let notifies = File.exists(NotifySocket.path(of: directory))
        container = try ContainerSpec(
            bundle: record.bundle, extraMounts: notifies ? [NotifySocket.mount(of: directory)] : [])
        self.record = record
        self.options = options
        self.log = log
    }

    func run() throws(RuntimeError) {
        let criu = try CRIUProgram(options.criu, log: log)
        let files = try CheckpointFiles(imagePath: options.imagePath, workPath: options.workPath, makesImages: true)
        var request = try dumpOptions(files, criu)
        if options.isPreDump { try criu.check(CRIUFeatures(memoryTracking: true)) }
        if options.lazyPages {
            try criu.check(CRIUFeatures(lazyPages: true))
            try checkStatusDescriptor(criu)
        }
        if !options.isPreDump {
            request.external += try ExternalMounts(container, cgroup: record.cgroup).dumped(pid: record.pid)
            let processes = try doing("list processes") { try record.cgroup.processes() }
            try files.saveStreams(StandardStreams.names(of: record.pid, in: processes))
        }
        let process = try CRIUProcess(criu.program, .init { try files.open() })
        _ = try process.serve(
            options.isPreDump ? .preDump(request) : .dump(request), logPath: files.logPath(Self.logName), log: log
        ) { (notification) throws(RuntimeError) in
            if notification.point == "status-ready" { tellReadiness() }
        }
    }

    private func dumpOptions(
        _ files: CheckpointFiles, _ criu: CRIUProgram
    ) throws(RuntimeError) -> CRIUOptions {
        var request = files.options(log: Self.logName, first: CRIUProcess.firstDescriptor)
        request.pid = record.pid
        request.root = record.rootfs
        request.leavesRunning = options.leavesRunning
        request.tcpEstablished = options.tcpEstablished
        request.tcpSkipsInFlight = options.tcpSkipsInFlight
        request.linkRemap = options.linkRemap
        request.externalUnixSockets = options.externalUnixSockets
        request.shellJob = options.shellJob
        request.fileLocks = options.fileLocks
        request.autoDedup = options.autoDedup
        request.lazyPages = options.lazyPages
        // The runtime does not make network devices, so it does not save them either.
        request.emptyNamespaces = UInt32(LINUX_CLONE_NEWNET)
        request.configurationFile = Self.configurationFile(record.annotations)
        request.pageServer = options.pageServer.map { CRIUOptions.PageServer(address: $0.address, port: $0.port) }
        request.parentImages = options.parentPath
        request.cgroupMode = options.cgroupMode.flatMap { CRIUOptions.CgroupMode(rawValue: $0.rawValue) }
        request.external = try externalNamespaces(criu)
        // CRIU knows the freezer of version 2 since then.
        if let freezer = record.cgroup.freezer, freezer.version == .one || criu.version >= 31_400 {
            request.freezer = freezer.path
        }
        return request
    }

    /// Namespaces that the container only joined stay where they are.
    private func externalNamespaces(_ criu: CRIUProgram) throws(RuntimeError) -> [String] {
        var result: [String] = []
        for namespace in container.namespaces.joined where criu.supportsExternal(namespace.kind) {
            let status = try doing("namespace path") { try File.status(namespace.path) }
            result.append("\(namespace.kind.fileName)[\(status.st_ino)]:\(Self.externalName(of: namespace.kind))")
        }
        return result
    }

    /// The name of a joined namespace in the images; runc's.
    static func externalName(of kind: NamespaceKind) -> String {
        "extRoot\(kind.fileName.prefix(1).uppercased())\(kind.fileName.dropFirst())NS"
    }

    /// Settings of CRIU's own that go before the options, by an annotation, or for all containers.
    static func configurationFile(_ annotations: [String: String]?) -> String? {
        guard let path = annotations?["org.criu.config"] else { return "/etc/criu/runc.conf" }
        return path.isEmpty ? nil : path
    }

    // MARK: Lazy pages

    private func checkStatusDescriptor(_ criu: CRIUProgram) throws(RuntimeError) {
        guard let number = options.statusDescriptor else { return }
        // Earlier ones do not notify.
        guard criu.version >= 31_500 else { throw .other("--status-fd requires at least CRIU 3.15") }
        let flags = linux_fcntl(number, F_GETFL, 0)
        guard flags >= 0 else {
            throw .other("invalid --status-fd argument \(number): \(SystemError.text(of: currentErrno()))")
        }
        guard flags & O_ACCMODE != O_RDONLY else {
            throw .other("invalid --status-fd argument \(number): not writable")
        }
    }

    /// Whoever started the checkpoint may restore from now on.
    private func tellReadiness() {
        guard let number = options.statusDescriptor else { return }
        var zero: UInt8 = 0
        if write(number, &zero, 1) != 1 {
            log.warn("can't write \\0 to status fd: \(SystemError.text(of: currentErrno()))")
        }
        close(number)
    }
}
