import CLinux
import Glibc
internal import Capabilities
internal import LinuxSystem
internal import OCISpec
internal import Seccomp

/// Everything about a process that is worked out before it exists, and the steps by which a fork becomes it. Used by
/// a container's first process and by exec alike.
struct ProcessSetup {
    let process: Process
    var capabilities: ProcessCapabilities
    let limits: [ResourceLimit]
    let filter: SeccompFilter?
    let personality: UInt?
    let memoryPolicy: MemoryPolicySetting?
    /// Of a process that joins a container.
    let affinity: AffinitySetting
    /// Descriptors after the standard three that the program inherits.
    let preservedDescriptors: Int32
    let newSessionKeyring: Bool
    /// Whether an ordinary user runs the runtime: the groups stay as they are, as in runc.
    private let isOrdinaryUsers = RootlessMode.isOrdinaryUser

    init(
        _ process: Process, field: String = "process", filter: SeccompFilter?, personality: Personality?,
        memoryPolicy: MemoryPolicy?, preservedDescriptors: Int32, newSessionKeyring: Bool
    ) throws(RuntimeError) {
        try ProcessCheck.check(process, field: field)
        if RootlessMode.isOrdinaryUser { try RootlessCheck.check(process.user) }
        self.process = process
        self.filter = filter
        self.preservedDescriptors = preservedDescriptors
        self.newSessionKeyring = newSessionKeyring
        capabilities = ProcessCapabilities(process.capabilities)
        var limits: [ResourceLimit] = []
        for (index, limit) in process.rlimits.enumerated() {
            let limit = try ResourceLimit(limit, field: "\(field).rlimits[\(index)]")
            guard !limits.contains(where: { $0.resource == limit.resource }) else {
                throw .invalid(field: "\(field).rlimits[\(index)].type", problem: "\(limit.name) is there twice")
            }
            limits.append(limit)
        }
        self.limits = limits
        self.personality = try Self.domain(personality)
        self.memoryPolicy = try memoryPolicy.map { policy throws(RuntimeError) in try MemoryPolicySetting(policy) }
        affinity = try AffinitySetting(process.execCPUAffinity, field: field)
        try Scheduling.check(process, field: field)
    }

    private static func domain(_ personality: Personality?) throws(RuntimeError) -> UInt? {
        guard let personality else { return nil }
        switch personality.domain {
        case "LINUX", nil: return 0
        case "LINUX32": return 8
        default:
            throw .invalid(
                field: "linux.personality.domain", problem: "invalid personality domain \(personality.domain ?? "")")
        }
    }

    /// Warns of capabilities that nobody knows, and leaves out those that the runtime does not have to give; in a user
    /// namespace of its own the process has all.
    mutating func settleCapabilities(inUserNamespace: Bool, log: RuntimeLog) throws(RuntimeError) {
        if !capabilities.unknown.isEmpty {
            log.warn("ignoring unknown or unavailable capabilities: [\(capabilities.unknown.joined(separator: " "))]")
        }
        guard !inUserNamespace else { return }
        do throws(SystemError) {
            if try capabilities.limitToOwn() {
                log.debug("ignoring capabilities that this process does not have itself")
            }
        } catch { throw .system(doing: "read the runtime's capabilities", error) }
    }

    // MARK: Steps in the new process

    /// What needs the runtime's own privileges: limits, scheduling, the OOM score. `/proc` is the host's.
    ///
    /// - Parameter isScored: Whether the runtime has set the OOM score.
    func applyPrivileged(proc: borrowing ProcDirectory, isScored: Bool = false) throws {
        if !isScored {
            try score("self") { (path, text) throws(SystemError) in try proc.write(text, to: path) }
        }
        for limit in limits { try limit.apply() }
        try Scheduling.apply(process)
        if let personality { try systemCall("set personality") { linux_personality(personality) } }
        try memoryPolicy?.apply()
        if newSessionKeyring { joinSessionKeyring() }
        if let label = process.selinuxLabel, !label.isEmpty { try proc.enterSELinux(label) }
        if let profile = process.apparmorProfile, !profile.isEmpty { try proc.enterAppArmor(profile) }
    }

    /// Sets the OOM score, which only the host's root may lower, from where that still counts: before a process is in a
    /// user namespace, or by the runtime.
    ///
    /// - Parameter write: Writes a file of `/proc`.
    func score(
        _ process: String, _ write: (_ path: String, _ text: String) throws(SystemError) -> Void
    ) throws(RuntimeError) {
        guard let adjustment = self.process.oomScoreAdj else { return }
        do throws(SystemError) { try write("\(process)/oom_score_adj", "\(adjustment)") } catch {
            throw .container("failed to update /proc/self/oom_score_adj: \(SystemError.text(of: error.errno))")
        }
    }

    /// A keyring of its own keeps the container from the caller's keys. Kernels without keyrings, or a full quota, are
    /// no reason to fail.
    private func joinSessionKeyring() {
        linux_keyctl(1 /* KEYCTL_JOIN_SESSION_KEYRING */, 0, 0, 0, 0)
    }

    /// The user, the capabilities, the working directory and the filter, in the order the kernel wants. Answers what to
    /// execute.
    ///
    /// - Parameters:
    ///   - kept: Descriptors that are still needed, none of them a directory; all others are closed.
    ///   - handOver: Gives the descriptor of the filter's notifications to the runtime.
    func become(keeping kept: [Int32], handOver: (borrowing Descriptor) throws -> Void) throws -> Program {
        try closeDescriptors(except: kept)
        if process.noNewPrivileges {
            try systemCall("set no_new_privs") { linux_prctl(Int32(PR_SET_NO_NEW_PRIVS), 1, 0, 0, 0) }
        }
        let environment = HomeDirectory.environment(process.env, uid: process.user.uid)
        giveStandardStreams()
        // Without no_new_privs only CAP_SYS_ADMIN may install a filter, so it comes before the capabilities go.
        if !process.noNewPrivileges { try install(filter, handOver) }
        try capabilities.dropBounding()
        try changeUser()
        try capabilities.apply()
        try changeDirectory()
        let program = try Program(process.args, environment: environment)
        try passDescriptors()
        if process.noNewPrivileges {
            // A change of user hides a process from others of its user, the runtime among them.
            if isOrdinaryUsers, filter?.notifies == true {
                try systemCall("set dumpable") { linux_prctl(Int32(PR_SET_DUMPABLE), 1, 0, 0, 0) }
            }
            try install(filter, handOver)
        }
        return program
    }

    private func install(_ filter: SeccompFilter?, _ handOver: (borrowing Descriptor) throws -> Void) throws {
        if let listener = try filter?.install() { try handOver(listener) }
    }

    /// Leaves the standard streams, what the program is to inherit and the given descriptors. A directory of the host
    /// would be a way out for every path that the container chooses, like that of the program
    /// (`/proc/self/fd/5/../bin/sh`, CVE-2024-21626), so closing at the exec is too late.
    private func closeDescriptors(except kept: [Int32]) throws(SystemError) {
        var first = UInt32(3 + preservedDescriptors)
        for number in kept.sorted().map({ UInt32($0) }) where number >= first {
            if number > first {
                try systemCall("close descriptors") { linux_close_range(first, number - 1, 0) }
            }
            first = number + 1
        }
        try systemCall("close descriptors") { linux_close_range(first, .max, 0) }
    }

    /// Everything is closed at the exec but the standard streams and what the program is to inherit.
    private func passDescriptors() throws(SystemError) {
        for number in 3..<(3 + preservedDescriptors) {
            try systemCall("preserve descriptor", "\(number)") { linux_fcntl(number, F_SETFD, 0) }
        }
    }

    /// A program that runs as another user may reopen its streams (`/dev/stdout`), so they become that user's. What
    /// cannot be given (a read-only file, a foreign id) stays as it is; `/dev/null` is everybody's.
    private func giveStandardStreams() {
        for number: Int32 in 0...2 {
            var status = stat()
            guard fstat(number, &status) == 0, status.st_uid != process.user.uid else { continue }
            if status.st_mode & S_IFMT == S_IFCHR, status.st_rdev == linux_makedev(1, 3) { continue }
            _ = fchown(number, process.user.uid, status.st_gid)
        }
    }

    private func changeUser() throws {
        let user = process.user
        umask(mode_t(user.umask ?? 0o022))
        // Permitted capabilities survive the change of user; `apply` settles what remains of them.
        try systemCall("keep capabilities") { linux_prctl(Int32(PR_SET_KEEPCAPS), 1, 0, 0, 0) }
        if !isOrdinaryUsers { try setGroups(user.additionalGids) }
        try change("gid") { linux_setresgid(user.gid, user.gid, user.gid) }
        try change("uid") { linux_setresuid(user.uid, user.uid, user.uid) }
        try systemCall("keep capabilities") { linux_prctl(Int32(PR_SET_KEEPCAPS), 0, 0, 0, 0) }
    }

    private func setGroups(_ groups: [UInt32]) throws(SystemError) {
        do throws(SystemError) {
            try systemCall("setgroups") { linux_setgroups(groups.count, groups) }
        } catch {
            // A user namespace may forbid it, and its groups are the ones that its maker has.
            guard error.errno == EPERM,
                groups.isEmpty || (try? File.readText("/proc/self/setgroups"))?.hasPrefix("deny") == true
            else { throw error }
        }
    }

    private func change(_ kind: String, _ call: () -> Int32) throws {
        do throws(SystemError) { try systemCall("set\(kind)", nil, call) } catch {
            guard error.errno == EINVAL else { throw error }
            throw RuntimeError.container("unable to setup user: cannot set \(kind) to unmapped user in user namespace")
        }
    }

    /// Enters the working directory and makes sure that it is inside the root: a descriptor that leads out of the
    /// container (CVE-2024-21626) has no path in it.
    private func changeDirectory() throws {
        do throws(SystemError) {
            try systemCall("chdir to cwd (\"\(process.cwd)\") set in config.json failed") { chdir(process.cwd) }
        } catch {
            throw RuntimeError.container("\(error.operation): \(SystemError.text(of: error.errno))")
        }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        // The system call, unlike the library's function, answers "(unreachable)…" for a directory outside.
        let length = linux_getcwd(&buffer, buffer.count)
        // A filter may deny the call: any other error than that of a directory that is gone leaves the way up.
        let isDenied = length < 0 && errno != ENOENT
        guard length > 0 ? buffer[0] == CChar(UInt8(ascii: "/")) : isDenied && Self.leadsUpToRoot() else {
            throw RuntimeError.container(
                "current working directory is outside of container mount namespace root -- possible container breakout detected"
            )
        }
    }

    /// Whether `..` leads from the working directory to the root of this process, on the same mount: from a directory
    /// outside it ends elsewhere.
    private static func leadsUpToRoot() -> Bool {
        func place(_ descriptor: borrowing Descriptor) -> (device: dev_t, inode: ino_t, mount: Int64)? {
            var status = stat()
            let mount = linux_mount_id(descriptor.rawValue)
            guard mount >= 0, fstat(descriptor.rawValue, &status) == 0 else { return nil }
            return (status.st_dev, status.st_ino, mount)
        }
        let flags = Int32(LINUX_O_PATH | LINUX_O_DIRECTORY)
        guard let top = try? Descriptor.open("/", flags), let root = place(top),
            var directory = try? Descriptor.open(".", flags), var here = place(directory)
        else { return false }
        while here != root {
            guard let parent = try? Descriptor.open(at: directory.rawValue, "..", flags), let above = place(parent),
                above != here
            else { return false }
            directory = parent
            here = above
        }
        return true
    }
}
