internal import Glibc
internal import LinuxSystem

/// Where shims have their sockets: short paths under a directory that only root can enter, with names that nobody
/// can guess. Socket addresses take 107 bytes, which state directories and container ids can exceed.
enum SocketDirectory {
    static let path = "/run/skiff/s"

    static func make() throws(SystemError) {
        try File.makeDirectories("/run/skiff", mode: 0o711)
        try File.makeDirectories(path, mode: 0o700)
        guard chmod(path, 0o700) == 0 else { throw SystemError(operation: "chmod", path: path, errno: errno) }
    }

    /// A path that nothing uses yet; the directory is made.
    static func newPath() throws(SystemError) -> String {
        try make()
        var generator = SystemRandomNumberGenerator()
        let high = generator.next(upperBound: UInt64.max)
        let low = generator.next(upperBound: UInt64.max)
        return "\(path)/\(String(high, radix: 36))\(String(low, radix: 36))"
    }
}
