internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// The file that leads to a group's shim, beside the sockets. Whoever looks for the shim, makes it or ends it holds the
/// file's lock meanwhile.
struct GroupEntry: ~Copyable {
    private let file: Descriptor
    private let path: String
    private let group: ShimGroup

    private init(_ file: consuming Descriptor, _ path: String, _ group: ShimGroup) {
        self.file = file
        self.path = path
        self.group = group
    }

    /// Opens the entry; waits for its lock, or is nil where somebody has it.
    static func open(_ group: ShimGroup, waits: Bool) throws(SystemError) -> GroupEntry? {
        try SocketDirectory.make()
        let path = "\(SocketDirectory.path)/\(group.fileName)"
        while true {
            let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
            let fd = file.rawValue
            if flock(fd, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
                let code = errno
                if code == EINTR { continue }
                if code == EWOULDBLOCK { return nil }
                throw SystemError(operation: "flock", path: path, errno: code)
            }
            // One that was removed while we waited leads nobody anywhere.
            let held = try file.status().st_ino
            guard let named = try? File.status(path), named.st_ino == held else { continue }
            return GroupEntry(file, path, group)
        }
    }

    private func lines() -> [Substring] {
        let text = (try? Descriptor.open(path, O_RDONLY).readToEnd(limit: 1 << 20)) ?? []
        return String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// Whether the entry belongs to another group of the same file name.
    var isTaken: Bool {
        guard let socket, !group.key.isEmpty else { return false }
        return lines().dropLast(2).joined(separator: "\n") + "\n" != group.key && GroupEntry.isServed(socket)
    }

    /// The socket of the group's shim, if that is there.
    var livingShim: String? {
        guard let socket, !isTaken, GroupEntry.isServed(socket) else { return nil }
        return socket
    }

    private var socket: String? {
        let lines = lines()
        return lines.count >= 3 ? String(lines[lines.count - 2]) : nil
    }

    private static func isServed(_ socket: String) -> Bool { (try? UnixSocket.connect(to: socket)) != nil }

    func record(socket: String) throws(SystemError) {
        let fd = file.rawValue
        try systemCall("ftruncate", path) { ftruncate(fd, 0) }
        try file.write(all: Array("\(group.key)\(socket)\n".utf8))
    }

    /// Removes the entry if it leads to this socket, or nowhere.
    func remove(socket: String) {
        let named = self.socket
        if named == nil || named == socket { unlink(path) }
    }

    /// Ends the lock, in the processes forked from this one too.
    func release() { flock(file.rawValue, LOCK_UN) }
}
