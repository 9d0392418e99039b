/// Which kernel parameters a container may set: those of namespaces that are its own.
enum SysctlCheck {
    private static let ipc: Set<String> = [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax",
        "kernel.shmmni", "kernel.shm_rmid_forced",
    ]

    static func check(_ name: String, _ namespaces: NamespacePlan, hostname: String?) throws(RuntimeError) {
        let field = "linux.sysctl[\(name)]"
        let dotted = name.contains("/") ? name.split(separator: "/").joined(separator: ".") : name
        func need(_ kind: NamespaceKind) throws(RuntimeError) {
            guard namespaces.has(kind) else {
                throw .invalid(
                    field: field, problem: "sysctl \"\(name)\" is not allowed in the hosts \(kind) namespace")
            }
        }
        guard !dotted.isEmpty, !dotted.split(separator: ".", omittingEmptySubsequences: false).contains("") else {
            throw .invalid(field: field, problem: "\"\(name)\" is no kernel parameter")
        }
        if ipc.contains(dotted) || dotted.hasPrefix("fs.mqueue.") { return try need(.ipc) }
        if dotted.hasPrefix("net.") { return try need(.network) }
        if dotted == "kernel.domainname" { return try need(.uts) }
        if dotted == "kernel.hostname" {
            throw .invalid(field: field, problem: "use hostname of the configuration instead")
        }
        if dotted.hasPrefix("user.") { return try need(.user) }
        throw .invalid(field: field, problem: "sysctl \"\(name)\" is not in a separate kernel namespace")
    }

    /// The file below `/proc/sys`. Names may be written with dots or, for interface names with dots, with slashes.
    static func file(_ name: String) -> String {
        name.contains("/") ? name : name.split(separator: ".").joined(separator: "/")
    }
}
