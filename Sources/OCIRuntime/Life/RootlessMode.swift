import Glibc
internal import LinuxSystem

/// Whether a container may do without the cgroups that the caller has no rights to (runc's `--rootless`).
public enum RootlessMode: Sendable {
    /// Where the caller is not root, or root of a user namespace that has not all ids.
    case automatic
    /// Always.
    case on
    /// Never: a cgroup that cannot be made is an error.
    case off

    /// Whether cgroups that this process has no rights to are left out.
    var toleratesMissingCgroups: Bool {
        switch self {
        case .on: true
        case .off: false
        case .automatic: Self.isOrdinaryUser || Self.isInUserNamespace
        }
    }

    /// Whether the effective user is not root, so that everything has to happen in a new user namespace.
    static var isOrdinaryUser: Bool { geteuid() != 0 }

    /// Whether this process is in a user namespace other than the first, which alone has all ids.
    static var isInUserNamespace: Bool {
        guard let text = try? File.readText("/proc/self/uid_map") else { return false }
        return text.split { $0 == " " || $0 == "\n" } != ["0", "0", "4294967295"]
    }
}
