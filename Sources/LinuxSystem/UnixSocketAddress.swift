package import Glibc

/// Addresses of Unix sockets, see unix(7).
package enum UnixSocketAddress {
    /// Hands over the address of a path, or of an abstract name (`@name`).
    package static func with(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> Void
    ) throws(SystemError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(operation: "connect", path: path, errno: bytes.isEmpty ? EINVAL : ENAMETOOLONG)
        }
        // An abstract name starts with a zero and ends where the address does.
        let isAbstract = bytes[0] == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let size =
            isAbstract ? MemoryLayout<sa_family_t>.size + bytes.count : MemoryLayout<sockaddr_un>.size
        var failure: SystemError?
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                do throws(SystemError) { try body(pointer, socklen_t(size)) } catch { failure = error }
            }
        }
        if let failure { throw failure }
    }
}
