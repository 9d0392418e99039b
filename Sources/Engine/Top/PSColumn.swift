/// A column of ps: its title and how a process shows in it.
struct PSColumn: Sendable {
    var title: String
    var value: @Sendable (ProcessSample) -> String

    private init(_ title: String, _ value: @escaping @Sendable (ProcessSample) -> String) {
        self.title = title
        self.value = value
    }

    /// The column for a format specifier, see ps(1).
    static func named(_ name: String) -> PSColumn? { columns[name] }

    private static let columns: [String: PSColumn] = {
        let entries: [(names: String, column: PSColumn)] = [
            ("pid tgid", PSColumn("PID") { "\($0.pid)" }),
            ("ppid", PSColumn("PPID") { "\($0.parent)" }),
            ("pgid pgrp", PSColumn("PGID") { "\($0.group)" }),
            ("sid sess session", PSColumn("SID") { "\($0.session)" }),
            ("tpgid", PSColumn("TPGID") { "\($0.terminalGroup)" }),
            ("user euser uname", PSColumn("USER") { $0.host.userName($0.effectiveUser) }),
            ("uid_name", PSColumn("UID") { $0.host.userName($0.effectiveUser) }),
            ("ruser", PSColumn("RUSER") { $0.host.userName($0.realUser) }),
            ("uid euid", PSColumn("UID") { "\($0.effectiveUser)" }),
            ("ruid", PSColumn("RUID") { "\($0.realUser)" }),
            ("gid egid", PSColumn("GID") { "\($0.effectiveGroup)" }),
            ("group egroup", PSColumn("GROUP") { $0.host.groupName($0.effectiveGroup) }),
            ("comm", PSColumn("COMMAND") { $0.shownName }),
            ("ucmd ucomm", PSColumn("CMD") { $0.shownName }),
            ("cmd", PSColumn("CMD") { $0.commandLine }),
            ("args command", PSColumn("COMMAND") { $0.commandLine }),
            ("stat", PSColumn("STAT") { $0.stateWithFlags }),
            ("s state", PSColumn("S") { $0.state }),
            ("tty tname", PSColumn("TTY") { $0.terminal }),
            ("tt", PSColumn("TT") { $0.terminal }),
            ("time cputime", PSColumn("TIME") { ProcessTime.clock($0.cpuSeconds) }),
            ("bsdtime", PSColumn("TIME") { ProcessTime.minutes($0.cpuSeconds) }),
            ("times cputimes", PSColumn("TIME") { "\($0.cpuSeconds)" }),
            ("etime", PSColumn("ELAPSED") { ProcessTime.elapsed($0.elapsedSeconds) }),
            ("etimes", PSColumn("ELAPSED") { "\($0.elapsedSeconds)" }),
            ("stime start_time", PSColumn("STIME") { ProcessTime.start($0.startTime, now: $0.host.now) }),
            ("bsdstart start", PSColumn("START") { ProcessTime.recentStart($0.startTime, now: $0.host.now) }),
            ("lstart", PSColumn("STARTED") { ProcessTime.full($0.startTime) }),
            ("c", PSColumn("C") { "\($0.cpuPerMille / 10)" }),
            ("%cpu pcpu", PSColumn("%CPU") { tenths($0.cpuPerMille) }),
            ("%mem pmem", PSColumn("%MEM") { tenths($0.memoryPerMille) }),
            ("vsz vsize", PSColumn("VSZ") { "\($0.virtualBytes / 1024)" }),
            ("rss rssize", PSColumn("RSS") { "\($0.residentBytes / 1024)" }),
            ("rsz", PSColumn("RSZ") { "\($0.residentBytes / 1024)" }),
            ("sz", PSColumn("SZ") { "\($0.virtualBytes / $0.host.pageSize)" }),
            ("ni nice", PSColumn("NI") { "\($0.nice)" }),
            ("pri", PSColumn("PRI") { "\(39 - $0.priority)" }),
            ("opri", PSColumn("PRI") { "\($0.priority + 60)" }),
            ("nlwp thcount", PSColumn("NLWP") { "\($0.threads)" }),
            ("psr", PSColumn("PSR") { "\($0.processor)" }),
            ("f flag flags fl", PSColumn("F") { String($0.flags >> 6 & 7, radix: 8) }),
            ("wchan", PSColumn("WCHAN") { $0.waitChannel }),
            ("addr", PSColumn("ADDR") { _ in "-" }),
        ]
        var columns: [String: PSColumn] = [:]
        for entry in entries {
            for name in entry.names.split(separator: " ") { columns[String(name)] = entry.column }
        }
        return columns
    }()

    private static func tenths(_ perMille: Int64) -> String {
        "\(perMille / 10).\(perMille % 10)"
    }
}
