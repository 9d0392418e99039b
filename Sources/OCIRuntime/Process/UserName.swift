internal import LinuxSystem

/// Names of the host's users, without the library's lookup, which loads modules that a static program has not.
enum UserName {
    /// The name in `/etc/passwd`, or `#` and the number.
    static func of(_ uid: UInt32) -> String {
        if uid == 0 { return "root" }
        let lines = ((try? File.readText("/etc/passwd", limit: 16 << 20)) ?? "").split(separator: "\n")
        for line in lines {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 3, UInt32(fields[2]) == uid { return String(fields[0]) }
        }
        return "#\(uid)"
    }
}
