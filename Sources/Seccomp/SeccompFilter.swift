import CLinux
import Glibc
package import LinuxSystem

/// A compiled system call filter, ready to be installed.
package struct SeccompFilter: Equatable, Sendable {
    /// Classic BPF instructions as the kernel takes them, eight bytes each.
    package var program: [UInt8]
    /// Flags of seccomp(2)'s SECCOMP_SET_MODE_FILTER.
    package var flags: UInt32

    package init(program: [UInt8], flags: UInt32) {
        self.program = program
        self.flags = flags
    }

    /// Whether installing opens a descriptor for notifications.
    package var notifies: Bool { flags & UInt32(SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0 }

    /// Installs the filter in this process; needs `no_new_privs` or CAP_SYS_ADMIN. Answers the descriptor for
    /// notifications where the filter has some.
    package func install() throws(SystemError) -> Descriptor? {
        guard !program.isEmpty, program.count % 8 == 0, program.count / 8 <= 4096 else {
            throw SystemError(operation: "install seccomp filter of \(program.count) bytes", errno: EINVAL)
        }
        var bytes = program
        var result: Int32 = 0
        bytes.withUnsafeMutableBytes { buffer in
            var filter = sock_fprog()
            filter.len = UInt16(buffer.count / 8)
            filter.filter = buffer.baseAddress?.assumingMemoryBound(to: sock_filter.self)
            result = linux_seccomp(UInt32(SECCOMP_SET_MODE_FILTER), flags, &filter)
        }
        let listener = try systemCall("install seccomp filter") { result }
        return notifies ? Descriptor(owning: listener) : nil
    }
}
