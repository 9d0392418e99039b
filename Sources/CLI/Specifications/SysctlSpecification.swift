/// `--sysctl` values: only kernel settings that belong to a namespace.
package enum SysctlSpecification {
    private static let names: Set<String> = [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax",
        "kernel.shmmni", "kernel.shm_rmid_forced", "kernel.domainname",
    ]

    @Sendable
    package static func check(_ text: String) throws(FlagValueError) -> String {
        guard let (name, _) = text.cut(at: "="),
            names.contains(name) || name.hasPrefix("net.") || name.hasPrefix("fs.mqueue.")
        else { throw FlagValueError("sysctl '\(text)' is not allowed") }
        return text
    }
}
