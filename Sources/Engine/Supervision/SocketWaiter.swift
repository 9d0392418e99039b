import Glibc
import LinuxSystem

/// Waits until a Unix socket takes connections, woken by changes of its directory.
enum SocketWaiter {
    /// False when the process that is to listen there has ended.
    static func wait(for path: String, by process: borrowing ProcessDescriptor, atMost seconds: Int)
        throws(SystemError) -> Bool
    {
        let watch = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard watch >= 0 else { throw SystemError(operation: "watch", path: path, errno: errno) }
        defer { close(watch) }
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        guard inotify_add_watch(watch, directory, UInt32(IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_CLOSE_WRITE)) >= 0
        else { throw SystemError(operation: "watch", path: directory, errno: errno) }
        let deadline = now() + seconds * 1000
        while true {
            if connects(to: path) { return true }
            let left = deadline - now()
            guard left > 0 else { throw SystemError(operation: "wait for socket", path: path, errno: ETIMEDOUT) }
            var events = [watch, process.descriptor.rawValue].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            // A socket listens a moment after it appears, which its directory does not tell: look again soon.
            guard poll(&events, 2, Int32(min(left, 20))) > 0 else { continue }
            if events[1].revents != 0 { return false }
            if events[0].revents != 0 {
                var drained = [UInt8](repeating: 0, count: 4096)
                _ = drained.withUnsafeMutableBytes { read(watch, $0.baseAddress, $0.count) }
            }
        }
    }

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    private static func connects(to path: String) -> Bool {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
