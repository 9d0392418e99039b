import CLinux
import Glibc
internal import CRIU
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

/// Brings a container's saved processes back by CRIU, into cgroups and a record made as for a new one.
struct Restoration {
    static let logName = "restore.log"

    private let creation: Creation
    private let options: RestoreOptions

    init(_ creation: Creation, _ options: RestoreOptions) {
        self.creation = creation
        self.options = options
    }

    /// - Parameters:
    ///   - consoleSocket: Where the terminal's master goes, or -1.
    ///   - child: Becomes the first process's pidfd.
    /// - Returns: The first process's id; it runs.
    func run(
        consoleSocket: Int32, child: inout Int32, adopted: (Int32) throws(RuntimeError) -> Void
    ) throws(RuntimeError) -> Int32 {
        let criu = try CRIUProgram(options.criu, log: creation.log)
        let files = try CheckpointFiles(imagePath: options.imagePath, workPath: options.workPath, makesImages: false)
        let joined = try openJoined(criu)
        defer { for entry in joined { close(entry.descriptor) } }
        let first = CRIUProcess.firstDescriptor
        var request = try restoreOptions(files, criu, first: first + Int32(joined.count))
        for (index, entry) in joined.enumerated() {
            request.inherited.append(.init(Checkpoint.externalName(of: entry.kind), first + Int32(index)))
        }
        let prepared = try PreparedTrees(creation.container)
        defer { prepared.close() }
        let root = RestoredRoot(creation.container, place: creation.directory.path, prepared: prepared)
        let cgroup = creation.record.cgroup
        let unified = try openUnified()
        defer { if unified >= 0 { close(unified) } }
        // In the container's cgroup from the start: it makes the container's processes.
        let process = try CRIUProcess(
            criu.program,
            .init(flags: UInt64(LINUX_CLONE_NEWNS), cgroup: unified, descriptors: joined.map(\.descriptor)) {
                try cgroup.join(pid: 0, unifiedToo: false)
                try root.prepare()
                return try files.open(images: root.mountImages(files))
            })
        request.root = root.path
        request.external += root.external(ExternalMounts(creation.container, cgroup: cgroup))
        request.cgroupRoots = try cgroupRoots(of: process.pid)
        var pid: Int32 = 0
        var pidfd: Int32 = -1
        defer { child = pidfd }
        _ = try process.serve(.restore(request), logPath: files.logPath(Self.logName), log: creation.log) {
            (notification) throws(RuntimeError) in
            switch notification.point {
            case "setup-namespaces": try setUpNamespaces(of: notification.pid)
            case "orphan-pts-master": try send(notification.descriptor, over: consoleSocket)
            case "post-restore":
                pid = notification.pid
                do throws(SystemError) { pidfd = try ProcessDescriptor(pid: pid).release() } catch {
                    throw .system(doing: "find the restored process", error)
                }
                // It stands still until CRIU is answered.
                try adopted(pid)
            default: break
            }
        }
        guard pid > 0 else { throw .other("criu did not tell the restored process") }
        return pid
    }

    private func setUpNamespaces(of pid: Int32) throws(RuntimeError) {
        // The new one is empty, but a container finds its loopback up, as it was.
        if creation.container.namespaces.isNew(.network) {
            do throws(SystemError) { try Loopback.bringUp(of: pid) } catch { throw .system(doing: nil, error) }
        }
        try creation.runHooks(pid)
    }

    private func restoreOptions(
        _ files: CheckpointFiles, _ criu: CRIUProgram, first: Int32
    ) throws(RuntimeError) -> CRIUOptions {
        var request = files.options(log: Self.logName, first: first)
        request.evasiveDevices = true
        request.asSibling = true
        request.tcpEstablished = options.tcpEstablished
        request.externalUnixSockets = options.externalUnixSockets
        request.shellJob = options.shellJob
        request.fileLocks = options.fileLocks
        request.autoDedup = options.autoDedup
        request.lazyPages = options.lazyPages
        request.emptyNamespaces = UInt32(LINUX_CLONE_NEWNET)
        request.configurationFile = Checkpoint.configurationFile(creation.record.annotations)
        request.cgroupMode = options.cgroupMode.flatMap { CRIUOptions.CgroupMode(rawValue: $0.rawValue) }
        if options.securityProfile != nil || options.mountContext != nil {
            guard criu.version >= 31_600 else {
                let flag = options.securityProfile != nil ? "--lsm-profile" : "--lsm-mount-context"
                throw .other("\(flag) requires at least CRIU 3.16")
            }
            request.securityProfile = options.securityProfile
            request.mountContext = options.mountContext
        }
        for (number, name) in try files.loadStreams().enumerated() where name.hasPrefix("pipe:") {
            guard !request.inherited.contains(where: { $0.key == name }) else { continue }
            request.inherited.append(.init(name, Int32(number)))
        }
        for namespace in creation.container.namespaces.joined where !criu.supportsExternal(namespace.kind) {
            // CRIU cannot join it.
            guard namespace.kind != .cgroup else { throw .other("Do not know how to handle namespace NEWCGROUP") }
            request.joinedNamespaces.append(.init(namespace.kind.fileName, namespace.path))
        }
        return request
    }

    private func openJoined(
        _ criu: CRIUProgram
    ) throws(RuntimeError) -> [OpenNamespace] {
        var result: [OpenNamespace] = []
        for namespace in creation.container.namespaces.joined where criu.supportsExternal(namespace.kind) {
            do throws(SystemError) {
                result.append(try OpenNamespace(namespace.kind, at: namespace.path))
            } catch {
                for entry in result { close(entry.descriptor) }
                throw .other("Requested \(namespace.kind) namespace \(namespace.path) does not exist: \(error)")
            }
        }
        return result
    }

    private func openUnified() throws(RuntimeError) -> Int32 {
        guard let location = creation.record.cgroup.unified else { return -1 }
        return try doing("open the cgroup") {
            try Descriptor.open(location.path, O_RDONLY | Int32(LINUX_O_DIRECTORY)).release()
        }
    }

    /// The container's cgroups take the place of those that were saved, whose paths may have been others.
    private func cgroupRoots(of pid: Int32) throws(RuntimeError) -> [CRIUOptions.Entry] {
        let membership = try doing("read criu's cgroups") { try CgroupMembership(pid: pid) }
        var result: [CRIUOptions.Entry] = []
        for group in membership.groups {
            for controller in group.controllers { result.append(.init(controller, group.path)) }
        }
        if let unified = membership.unified { result.append(.init("", unified)) }
        return result
    }

    private func send(_ master: Int32, over socket: Int32) throws(RuntimeError) {
        guard master >= 0 else { return }
        guard socket >= 0 else { throw .other("criu sent a terminal, but there is no console socket to pass it on") }
        let name = Array("/dev/ptmx".utf8)
        do throws(SystemError) {
            try systemCall("send") { linux_send_descriptor(socket, name, name.count, master) }
        } catch { throw .system(doing: "send the terminal to the console socket", error) }
    }
}
