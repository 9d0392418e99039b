internal import LinuxSystem

/// Which kernel parameters a container may set: those of namespaces that are its own.
enum SysctlCheck {
    private static let ipc: Set<String> = [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax",
        "kernel.shmmni", "kernel.shm_rmid_forced",
    ]

    static func check(_ name: String, _ namespaces: NamespacePlan) throws(RuntimeError) {
        func refuse(_ problem: String) -> RuntimeError { .invalid(field: "linux.sysctl[\(name)]", problem: problem) }
        let dotted = dotted(name)
        guard !dotted.isEmpty, !dotted.split(separator: ".", omittingEmptySubsequences: false).contains("") else {
            throw refuse("\"\(name)\" is no kernel parameter")
        }
        if ipc.contains(dotted) || dotted.hasPrefix("fs.mqueue.") {
            guard namespaces.has(.ipc) else {
                throw refuse("sysctl \"\(dotted)\" is not allowed in the hosts ipc namespace")
            }
            return
        }
        if dotted.hasPrefix("net.") {
            guard try !sharesNetwork(namespaces) else {
                throw refuse("sysctl \"\(dotted)\" not allowed in host network namespace")
            }
            return
        }
        if namespaces.has(.uts), dotted == "kernel.domainname" { return }
        if namespaces.has(.uts), dotted == "kernel.hostname" {
            throw refuse("sysctl \"\(dotted)\" is not allowed as it conflicts with the OCI \"hostname\" field")
        }
        if dotted.hasPrefix("user."), namespaces.has(.user) { return }
        throw refuse("sysctl \"\(dotted)\" is not in a separate kernel namespace")
    }

    /// A namespace that is joined by path may be the runtime's own.
    private static func sharesNetwork(_ namespaces: NamespacePlan) throws(RuntimeError) -> Bool {
        guard namespaces.has(.network) else { return true }
        guard let joined = namespaces.joined.first(where: { $0.kind == .network }) else { return false }
        do throws(SystemError) {
            let own = try File.status("/proc/self/ns/net")
            let other = try File.status(joined.path)
            return own.st_dev == other.st_dev && own.st_ino == other.st_ino
        } catch { throw .system(doing: "invalid netns path", error) }
    }

    /// The name with dots between its parts. The first separator tells the other from a character of a part, see
    /// sysctl.d(5): `net/ipv4/conf/eno2.100/rp_filter` is `net.ipv4.conf.eno2/100.rp_filter`.
    static func dotted(_ name: String) -> String {
        guard name.first(where: { $0 == "." || $0 == "/" }) == "/" else { return name }
        return swapped(name)
    }

    /// The file below `/proc/sys`.
    static func file(_ name: String) -> String { swapped(dotted(name)) }

    private static func swapped(_ name: String) -> String {
        String(name.map { $0 == "." ? "/" : $0 == "/" ? "." : $0 })
    }
}
