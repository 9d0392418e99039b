import CLinux
import CSeccomp
import Glibc
import LinuxSystem

/// The specification's words for actions, comparisons, architectures and flags.
package enum SeccompNames {
    package static let actions = [
        "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP", "SCMP_ACT_ERRNO",
        "SCMP_ACT_TRACE", "SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY",
    ]

    package static let operators = [
        "SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ",
    ]

    package static let flags = [
        "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
        "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
    ]

    private static let specifiedArchitectures = [
        "SCMP_ARCH_X86", "SCMP_ARCH_X86_64", "SCMP_ARCH_X32", "SCMP_ARCH_ARM", "SCMP_ARCH_AARCH64",
        "SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K", "SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64", "SCMP_ARCH_MIPS64N32",
        "SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PPC", "SCMP_ARCH_PPC64",
        "SCMP_ARCH_PPC64LE", "SCMP_ARCH_S390", "SCMP_ARCH_S390X", "SCMP_ARCH_SH", "SCMP_ARCH_SHEB",
        "SCMP_ARCH_PARISC", "SCMP_ARCH_PARISC64", "SCMP_ARCH_RISCV64",
    ]

    /// libseccomp's version, as `2.5.4`.
    package static var libraryVersion: String {
        guard let version = seccomp_version()?.pointee else { return "unknown" }
        return "\(version.major).\(version.minor).\(version.micro)"
    }

    /// The architectures of the specification that the library can compile for.
    package static var architectures: [String] {
        specifiedArchitectures.filter { name in (try? architecture(name, field: "")) != nil }
    }

    /// The flags that the running kernel takes.
    package static var supportedFlags: [String] {
        flags.filter { name in
            guard let bits = try? flag(name, field: "") else { return false }
            // Without a program the kernel gets as far as the program's address (EFAULT) where it knows the flags.
            let needsListener = name == "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"
            let all = bits | (needsListener ? UInt32(SECCOMP_FILTER_FLAG_NEW_LISTENER) : 0)
            return linux_seccomp(UInt32(SECCOMP_SET_MODE_FILTER), all, nil) == -1 && currentErrno() == EFAULT
        }
    }

    /// The library's value of SCMP_ACT_NOTIFY.
    static let notify: UInt32 = 0x7fc0_0000

    /// The library's value of an action; the return value of `ERRNO` and `TRACE` stands in its low half.
    static func action(_ name: String, errno: UInt32?, field: String) throws(SeccompError) -> UInt32 {
        let value = UInt32(errno ?? 1)  // EPERM
        guard value <= 0xffff else { throw .invalid(field: "\(field): errno", problem: "\(value) is above 65535") }
        switch name {
        case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD": return 0x0000_0000
        case "SCMP_ACT_KILL_PROCESS": return 0x8000_0000
        case "SCMP_ACT_TRAP": return 0x0003_0000
        case "SCMP_ACT_ERRNO": return 0x0005_0000 | value
        case "SCMP_ACT_TRACE": return 0x7ff0_0000 | value
        case "SCMP_ACT_LOG": return 0x7ffc_0000
        case "SCMP_ACT_ALLOW": return 0x7fff_0000
        case "SCMP_ACT_NOTIFY": return notify
        default: throw .invalid(field: field, problem: "string \(name) is not a valid action for seccomp")
        }
    }

    static func comparison(_ name: String, field: String) throws(SeccompError) -> scmp_compare {
        switch name {
        case "SCMP_CMP_NE": return SCMP_CMP_NE
        case "SCMP_CMP_LT": return SCMP_CMP_LT
        case "SCMP_CMP_LE": return SCMP_CMP_LE
        case "SCMP_CMP_EQ": return SCMP_CMP_EQ
        case "SCMP_CMP_GE": return SCMP_CMP_GE
        case "SCMP_CMP_GT": return SCMP_CMP_GT
        case "SCMP_CMP_MASKED_EQ": return SCMP_CMP_MASKED_EQ
        default: throw .invalid(field: field, problem: "string \(name) is not a valid operator for seccomp")
        }
    }

    /// The library calls architectures by the lower-case rest of the specification's name.
    static func architecture(_ name: String, field: String) throws(SeccompError) -> UInt32 {
        let prefix = "SCMP_ARCH_"
        let token = name.hasPrefix(prefix) ? seccomp_arch_resolve_name(name.dropFirst(prefix.count).lowercased()) : 0
        guard token != 0 else {
            throw .invalid(field: field, problem: "string \(name) is not a valid arch for seccomp")
        }
        return token
    }

    static func flag(_ name: String, field: String) throws(SeccompError) -> UInt32 {
        switch name {
        // With one thread there is nobody to synchronise with.
        case "SECCOMP_FILTER_FLAG_TSYNC": return 0
        case "SECCOMP_FILTER_FLAG_LOG": return UInt32(SECCOMP_FILTER_FLAG_LOG)
        case "SECCOMP_FILTER_FLAG_SPEC_ALLOW": return UInt32(SECCOMP_FILTER_FLAG_SPEC_ALLOW)
        case "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV":
            return UInt32(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
        default: throw .invalid(field: field, problem: "seccomp flag \(name) is not known")
        }
    }
}
