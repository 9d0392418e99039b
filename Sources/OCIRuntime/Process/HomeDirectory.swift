import Glibc
internal import LinuxSystem

/// `HOME` of a user without one in the environment, from the container's own `/etc/passwd`.
enum HomeDirectory {
    /// The file belongs to the container, so no more than this is read of it.
    private static let limit = 1 << 20

    static func environment(_ environment: [String], uid: UInt32) -> [String] {
        if environment.contains(where: { $0.begins(with: "HOME=") && $0.utf8.count > 5 }) { return environment }
        let home = (try? read("/etc/passwd")).flatMap { find(uid, in: $0) } ?? "/"
        return environment.filter { !$0.begins(with: "HOME=") } + ["HOME=\(home)"]
    }

    /// A fifo or a device in the file's place is not waited for.
    private static func read(_ path: String) throws(SystemError) -> String {
        let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        guard try file.status().st_mode & S_IFMT == S_IFREG else {
            throw SystemError(operation: "read", path: path, errno: EINVAL)
        }
        return String(decoding: try file.readToEnd(limit: limit), as: UTF8.self)
    }

    static func find(_ uid: UInt32, in passwd: String) -> String? {
        for line in passwd.utf8.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard fields.count >= 6, UInt32(Substring(fields[2])) == uid else { continue }
            return fields[5].isEmpty ? nil : String(Substring(fields[5]))
        }
        return nil
    }
}
