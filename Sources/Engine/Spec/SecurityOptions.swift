/// A container's `--security-opt` words, read.
package struct SecurityOptions: Sendable, Equatable {
    package enum SeccompChoice: Sendable, Equatable {
        /// The daemon's profile, or Docker's if it has none of its own.
        case daemonDefault
        /// Docker's profile, whatever the daemon's is.
        case builtin
        case unconfined
        /// JSON in Docker's format.
        case profile(String)
    }

    package var noNewPrivileges: Bool
    package var seccomp = SeccompChoice.daemonDefault
    /// Nil for the default one.
    package var apparmor: String?
    package var labels: [String] = []
    package var systemPathsUnconfined = false
    package var writableCgroups: Bool?

    package init(_ options: [String], noNewPrivileges: Bool = false) throws(SpecError) {
        self.noNewPrivileges = noNewPrivileges
        for option in options {
            switch option {
            case "no-new-privileges": self.noNewPrivileges = true
            case "disable": labels.append("disable")
            // The docker CLI turns this into empty path lists; other clients send it as it is.
            case "systempaths=unconfined": systemPathsUnconfined = true
            default: try read(option)
            }
        }
    }

    private mutating func read(_ option: String) throws(SpecError) {
        // `:` as the separator is deprecated; `=` goes first, since values have colons.
        let separator: Character = option.contains("=") ? "=" : ":"
        let parts = option.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .unsupported("invalid --security-opt 1: \"\(option)\"") }
        let value = String(parts[1])
        switch parts[0] {
        case "label": labels.append(value)
        case "apparmor": apparmor = value
        case "seccomp":
            switch value {
            case "unconfined": seccomp = .unconfined
            case "builtin": seccomp = .builtin
            case "": seccomp = .daemonDefault
            default: seccomp = .profile(value)
            }
        case "no-new-privileges": noNewPrivileges = try Self.bool(value, in: option)
        case "writable-cgroups": writableCgroups = try Self.bool(value, in: option)
        default: throw .unsupported("invalid --security-opt 2: \"\(option)\"")
        }
    }

    private static func bool(_ value: String, in option: String) throws(SpecError) -> Bool {
        switch value {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: throw .unsupported("invalid --security-opt 2: \"\(option)\"")
        }
    }
}
