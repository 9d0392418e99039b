import Glibc
import LinuxSystem
import NIOCore
import NIOPosix
import TTRPC

/// A Unix socket that only root and one group may use.
enum UnixListener {
    static func bind(
        _ bootstrap: ServerBootstrap, path: String, groupID: UInt32?
    ) async throws -> any Channel {
        if (try? UnixSocket.connect(to: path)) != nil {
            throw EngineError(.internal, "can't create unix socket \(path): another daemon listens on it")
        }
        guard unlink(path) == 0 || errno == ENOENT else {
            throw SystemError(operation: "unlink", path: path, errno: errno)
        }
        // The mode is set before the first client can connect: bind makes the socket 0600 under this mask.
        let mask = umask(0o177)
        defer { umask(mask) }
        let channel = try await bootstrap.bind(unixDomainSocketPath: path).get()
        guard chown(path, 0, groupID ?? 0) == 0 else {
            throw SystemError(operation: "chown", path: path, errno: errno)
        }
        guard chmod(path, 0o660) == 0 else {
            throw SystemError(operation: "chmod", path: path, errno: errno)
        }
        return channel
    }
}
