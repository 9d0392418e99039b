/// The kernel's capabilities by name, see capabilities(7).
package enum CapabilityNames {
    /// Those that a container has unless told otherwise.
    package static let defaults = [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID",
        "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL",
        "CAP_AUDIT_WRITE",
    ]

    /// All that are known, in the order of their numbers.
    package static let known = [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID",
        "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST",
        "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO",
        "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
        "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE",
        "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM",
        "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ]

    /// Those in this process's effective set.
    static func effective() -> [String] {
        let status = HostFile.text("/proc/self/status") ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") } ?? ""
        guard let word = line.split(whereSeparator: \.isWhitespace).last, let bits = UInt64(word, radix: 16)
        else { return [] }
        return known.enumerated().filter { bits & (1 << UInt64($0.offset)) != 0 }.map(\.element)
    }

    /// The capabilities of a container after `--cap-add`, `--cap-drop` and `--privileged`.
    package static func resolve(
        add: [String], drop: [String], privileged: Bool, available: [String]
    ) throws(SpecError) -> [String] {
        if privileged { return available }
        if add.isEmpty && drop.isEmpty { return defaults }
        let added = try normalize(add, option: "CapAdd", available: available)
        let dropped = try normalize(drop, option: "CapDrop", available: available)
        if added.contains(all) { return available.filter { !dropped.contains($0) } }
        if dropped.contains(all) { return unique(added) }
        return unique(defaults.filter { !dropped.contains($0) } + added)
    }

    private static let all = "ALL"

    /// Upper case, with the prefix `CAP_`; `ALL` stays as it is.
    package static func normalize(
        _ names: [String], option: String, available: [String]
    ) throws(SpecError) -> [String] {
        var normalized: [String] = []
        for given in names {
            var name = given.uppercased()
            if name != all {
                if !name.hasPrefix("CAP_") { name = "CAP_" + name }
                guard known.contains(name) else {
                    throw .invalid("invalid \(option): unknown capability: \"\(name)\"")
                }
                guard available.contains(name) else {
                    throw .invalid(
                        "invalid \(option): capability not supported by your kernel or not available in the "
                            + "current environment: \"\(name)\"")
                }
            }
            normalized.append(name)
        }
        return normalized
    }

    private static func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
