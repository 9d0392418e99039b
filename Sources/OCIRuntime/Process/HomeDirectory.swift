import Glibc
internal import LinuxSystem

/// `HOME` of a user without one in the environment, from the container's own `/etc/passwd`.
enum HomeDirectory {
    /// The file belongs to the container, so no more than this is read of it.
    private static let limit = 1 << 20

    static func environment(_ environment: [String], uid: UInt32) -> [String] {
        if environment.contains(where: { $0.hasPrefix("HOME=") && $0.utf8.count > 5 }) { return environment }
        let home = (try? File.readText("/etc/passwd", limit: limit)).flatMap { find(uid, in: $0) } ?? "/"
        return environment.filter { !$0.hasPrefix("HOME=") } + ["HOME=\(home)"]
    }

    static func find(_ uid: UInt32, in passwd: String) -> String? {
        for line in passwd.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count >= 6, UInt32(fields[2]) == uid else { continue }
            return fields[5].isEmpty ? nil : String(fields[5])
        }
        return nil
    }
}
