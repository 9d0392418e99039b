import CLinux
import CSeccomp
import Glibc
import OCISpec

/// The beginning of a program that answers ENOSYS to system calls newer than every call of the profile.
///
/// A profile that was written before a call existed cannot have meant to deny it, and a C library falls back to an older
/// call only for ENOSYS: with the profile's EPERM programs fail on newer kernels (runc does the same).
struct UnknownCallStub {
    /// Classic BPF; empty where the profile allows what it does not name, or answers ENOSYS itself.
    let program: [UInt8]

    private enum Code {
        static let load: UInt16 = 0x20  // BPF_LD | BPF_W | BPF_ABS
        static let jump: UInt16 = 0x05  // BPF_JMP | BPF_JA
        static let jumpIfEqual: UInt16 = 0x15
        static let jumpIfGreater: UInt16 = 0x25
        static let jumpIfAtLeast: UInt16 = 0x35
        static let answer: UInt16 = 0x06  // BPF_RET | BPF_K
    }

    /// Calls of the x32 interface share an architecture with the 64-bit ones and have this bit.
    private static let x32Bit: UInt32 = 0x4000_0000
    private static let notImplemented: UInt32 = 0x0005_0000 | UInt32(ENOSYS)

    init(_ seccomp: OCISpec.Seccomp) {
        let allows = ["SCMP_ACT_ALLOW", "SCMP_ACT_LOG"].contains(seccomp.defaultAction)
        guard !allows, seccomp.defaultErrnoRet != UInt32(ENOSYS) else {
            program = []
            return
        }
        var tokens: [UInt32] = [seccomp_arch_native()]
        for name in seccomp.architectures {
            if let token = try? SeccompNames.architecture(name, field: ""), !tokens.contains(token),
                token != Self.x32
            {
                tokens.append(token)
            }
        }
        var blocks: [[UInt8]] = []
        for token in tokens {
            if let last = Self.last(of: seccomp, token) { blocks.append(Self.block(token, last)) }
        }
        guard !blocks.isEmpty else {
            program = []
            return
        }
        // Each block ends in a jump over those behind it, to the profile's own program.
        var bytes = Self.instruction(Code.load, 4 /* seccomp_data.arch */)
        for (index, block) in blocks.enumerated() {
            let behind = blocks[(index + 1)...].reduce(0) { $0 + $1.count / 8 + 1 }
            bytes += block + Self.instruction(Code.jump, UInt32(behind))
        }
        program = bytes
    }

    private static let x32: UInt32 = seccomp_arch_resolve_name("x32")

    /// The highest number among the profile's calls on an architecture.
    private static func last(of seccomp: OCISpec.Seccomp, _ token: UInt32) -> UInt32? {
        var last: Int32 = -1
        for rule in seccomp.syscalls {
            for name in rule.names { last = max(last, seccomp_syscall_resolve_name_arch(token, name)) }
        }
        return last < 0 ? nil : UInt32(last)
    }

    /// Without the jump at its end, which the skipping of an architecture passes over too.
    private static func block(_ token: UInt32, _ last: UInt32) -> [UInt8] {
        let isX8664 = token == seccomp_arch_resolve_name("x86_64")
        let skipped: UInt8 = isX8664 ? 5 : 4
        var bytes = instruction(Code.jumpIfEqual, token, 0, skipped)
        bytes += instruction(Code.load, 0 /* seccomp_data.nr */)
        if isX8664 { bytes += instruction(Code.jumpIfAtLeast, x32Bit, 2, 0) }
        bytes += instruction(Code.jumpIfGreater, last, 0, 1)
        bytes += instruction(Code.answer, notImplemented)
        return bytes
    }

    /// `struct sock_filter`.
    private static func instruction(_ code: UInt16, _ k: UInt32, _ yes: UInt8 = 0, _ no: UInt8 = 0) -> [UInt8] {
        withUnsafeBytes(of: code) { Array($0) } + [yes, no] + withUnsafeBytes(of: k) { Array($0) }
    }
}
