import CLinux
import Glibc

/// Owns a file descriptor: it is closed once, when the owner goes away. Always close-on-exec.
public struct Descriptor: ~Copyable, Sendable {
    /// The number, valid as long as the owner lives.
    public let rawValue: Int32

    /// Takes ownership of an open descriptor.
    public init(owning rawValue: Int32) { self.rawValue = rawValue }

    deinit { close(rawValue) }

    /// Gives up ownership without closing.
    public consuming func release() -> Int32 {
        let number = rawValue
        discard self
        return number
    }

    /// A second descriptor of the same open file.
    package func duplicate() throws(SystemError) -> Descriptor {
        Descriptor(
            owning: try systemCall("duplicate", "fd \(rawValue)") {
                linux_fcntl(rawValue, Int32(LINUX_F_DUPFD_CLOEXEC), 3)
            })
    }

    /// The path by which this process reaches the open file, for calls that take no descriptor.
    package var procPath: String { "/proc/self/fd/\(rawValue)" }
}
