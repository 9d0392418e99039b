import CLinux

/// A process as procfs shows it, see proc(5).
struct ProcessSample {
    let pid: UInt32
    let host: ProcessHost
    private let name: String
    let state: String
    private let fields: [Int64]
    private let ids: (realUser: UInt32, effectiveUser: UInt32, effectiveGroup: UInt32)
    private let lockedMemory: Bool

    /// Nil if the process is gone.
    init?(pid: UInt32, host: ProcessHost) {
        guard let stat = HostFile.text("/proc/\(pid)/stat"), let status = HostFile.text("/proc/\(pid)/status"),
            // The name may hold anything, also parentheses: it ends at the last one.
            let open = stat.firstIndex(of: "("), let close = stat.lastIndex(of: ")"), open < close
        else { return nil }
        let words = stat[stat.index(after: close)...].split(separator: " ")
        guard words.count >= 37 else { return nil }
        self.pid = pid
        self.host = host
        name = String(stat[stat.index(after: open)..<close])
        state = String(words[0])
        fields = words.map { Int64($0) ?? 0 }
        func ids(_ key: String) -> [UInt32] {
            let line = status.split(separator: "\n").first { $0.hasPrefix(key) }
            return (line?.dropFirst(key.count).split(whereSeparator: \.isWhitespace) ?? []).compactMap { UInt32($0) }
        }
        let (users, groups) = (ids("Uid:"), ids("Gid:"))
        self.ids = (users.first ?? 0, users.dropFirst().first ?? 0, groups.dropFirst().first ?? 0)
        lockedMemory = ids("VmLck:").first.map { $0 > 0 } ?? false
    }

    /// A field of `stat` by its number in the manual page; the third is the first after the name.
    private func field(_ number: Int) -> Int64 { fields[number - 3] }

    var parent: Int64 { field(4) }
    var group: Int64 { field(5) }
    var session: Int64 { field(6) }
    var terminalGroup: Int64 { field(8) }
    var flags: Int64 { field(9) }
    var priority: Int64 { field(18) }
    var nice: Int64 { field(19) }
    var threads: Int64 { field(20) }
    var virtualBytes: Int64 { field(23) }
    var residentBytes: Int64 { field(24) * host.pageSize }
    var processor: Int64 { field(39) }
    var realUser: UInt32 { ids.realUser }
    var effectiveUser: UInt32 { ids.effectiveUser }
    var effectiveGroup: UInt32 { ids.effectiveGroup }

    var cpuSeconds: Int64 { (field(14) + field(15)) / host.ticksPerSecond }

    var startTime: Int64 { host.bootTime + field(22) / host.ticksPerSecond }

    var elapsedSeconds: Int64 { Int64(max(0, lifetime)) }

    private var lifetime: Double { host.uptime - Double(field(22)) / Double(host.ticksPerSecond) }

    /// Processor time of the time lived, in tenths of a percent.
    var cpuPerMille: Int64 {
        guard lifetime > 0 else { return 0 }
        return Int64(Double(field(14) + field(15)) / Double(host.ticksPerSecond) / lifetime * 1000)
    }

    var memoryPerMille: Int64 { min(999, residentBytes * 1000 / host.memoryBytes) }

    var shownName: String { state == "Z" ? Self.printable(name) + " <defunct>" : Self.printable(name) }

    /// The arguments, or the name in brackets where there are none.
    var commandLine: String {
        let line = HostFile.text("/proc/\(pid)/cmdline") ?? ""
        let words = line.split { $0 == "\0" || $0.isWhitespace }.map { Self.printable(String($0)) }
        if !words.isEmpty { return words.joined(separator: " ") }
        return "[\(Self.printable(name))]" + (state == "Z" ? " <defunct>" : "")
    }

    var stateWithFlags: String {
        var text = state
        if nice < 0 { text += "<" }
        if nice > 0 { text += "N" }
        if lockedMemory { text += "L" }
        if session == Int64(pid) { text += "s" }
        if threads > 1 { text += "l" }
        if terminalGroup == group && terminalGroup != -1 { text += "+" }
        return text
    }

    var terminal: String {
        let number = dev_t(truncatingIfNeeded: field(7))
        let (major, minor) = (linux_major(number), linux_minor(number))
        switch major {
        case 136...143: return "pts/\((major - 136) * 256 + minor)"
        case 4: return minor < 64 ? "tty\(minor)" : "ttyS\(minor - 64)"
        case 5 where minor == 1: return "console"
        default: return "?"
        }
    }

    var waitChannel: String {
        let text = HostFile.text("/proc/\(pid)/wchan") ?? ""
        return text.isEmpty || text == "0" ? "-" : String(text.prefix(6))
    }

    /// Control characters could play with the terminal that shows the list.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }
}
