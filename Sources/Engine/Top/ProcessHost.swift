import Glibc
import LinuxSystem

/// What the columns of all processes share: the host's clock, memory and accounts.
final class ProcessHost: Sendable {
    let now: Int64
    let bootTime: Int64
    /// Seconds since the boot.
    let uptime: Double
    let ticksPerSecond: Int64
    let pageSize: Int64
    let memoryBytes: Int64
    private let users: [UInt32: String]
    private let groups: [UInt32: String]

    init() {
        now = Int64(time(nil))
        let up = HostFile.text("/proc/uptime")?.split(separator: " ").first.flatMap { Double($0) } ?? 0
        uptime = up
        bootTime =
            (HostFile.text("/proc/stat") ?? "").split(separator: "\n").first { $0.hasPrefix("btime ") }
            .flatMap { Int64($0.dropFirst("btime ".count)) } ?? (now - Int64(up))
        ticksPerSecond = Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        pageSize = Int64(max(1, sysconf(Int32(_SC_PAGESIZE))))
        memoryBytes = Int64(max(1, sysconf(Int32(_SC_PHYS_PAGES)))) * pageSize
        users = Self.names(in: "/etc/passwd")
        groups = Self.names(in: "/etc/group")
    }

    func userName(_ id: UInt32) -> String { Self.shorten(users[id] ?? "\(id)") }

    func groupName(_ id: UInt32) -> String { Self.shorten(groups[id] ?? "\(id)") }

    /// A name fills eight characters at most, the last of which tells that there are more.
    private static func shorten(_ name: String) -> String {
        name.count > 8 ? name.prefix(7) + "+" : name
    }

    /// The host's own accounts; the name service is not asked, as it may take long. A file that cannot be read has none.
    private static func names(in path: String) -> [UInt32: String] {
        var names: [UInt32: String] = [:]
        guard let root = try? Descriptor.open("/", O_RDONLY | O_DIRECTORY) else { return names }
        try? AccountFile.forEachLine(of: path, below: root.rawValue) { line throws(SpecError) in
            let entry = line.fields(limit: 4)
            if entry.count >= 3, let id = UInt32(entry[2]), names[id] == nil { names[id] = entry[0] }
            return .proceed
        }
        return names
    }
}
