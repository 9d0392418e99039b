import CLinux
import Glibc
internal import LinuxSystem

/// Standard streams that lead to the host's null device are led to the container's own: none of the host's mounts is
/// to be seen in a container, and what it has open can be saved by a checkpoint then.
enum NullStreams {
    /// In the container's process, whose root is the container's.
    static func replace() throws(SystemError) {
        var own: Descriptor?
        for number: Int32 in 0...2 {
            guard let status = try? Self.status(of: number), Self.isNull(status) else { continue }
            if own == nil {
                // A container may have been given no devices.
                guard let found = try? Descriptor.open("/dev/null", O_RDWR | O_NOFOLLOW) else { return }
                guard try Self.isNull(found.status()) else { return }
                own = consume found
            }
            if let source = own?.rawValue { try systemCall("dup2") { dup2(source, number) } }
        }
    }

    private static func status(of number: Int32) throws(SystemError) -> stat {
        var result = stat()
        try systemCall("stat") { fstat(number, &result) }
        return result
    }

    private static func isNull(_ status: stat) -> Bool {
        status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == linux_makedev(1, 3)
    }
}
