import Glibc
internal import LinuxSystem
internal import OCISpec

extension RuntimeCommand {
    static func list(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) {
        var format = "table"
        var quiet = false
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "-f", "--format": format = try arguments.value()
            case "-q", "--quiet": quiet = try arguments.isOn()
            default: throw Arguments.unknown(flag)
            }
        }
        try arguments.finish()
        let states = try runtime.list()
        if quiet { return states.forEach { printText($0.id) } }
        switch format {
        case "table", "":
            printTable(
                ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"],
                states.map { [$0.id, "\($0.pid)", $0.status, $0.bundle, $0.created, $0.owner] })
        case "json": printText(try compact(states))
        default: throw .other("invalid format option")
        }
    }

    static func events(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) {
        var stats = false
        var interval = GoDuration(nanoseconds: 5_000_000_000)
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "--stats": stats = try arguments.isOn()
            case "--interval": interval = try arguments.duration()
            default: throw Arguments.unknown(flag)
            }
        }
        let id = try arguments.required("container-id")
        try arguments.finish()
        guard interval.nanoseconds > 0 else {
            // A container that is not there is the first thing to say.
            _ = try runtime.state(id)
            throw .other("duration interval must be greater than 0")
        }
        if stats { return printText(try runtime.statisticsEvent(id)) }
        if runtime.rootless.toleratesMissingCgroups {
            runtime.log.warn("getting OOM notifications may fail if you don't have the full access to cgroups")
        }
        try runtime.events(id, interval: interval.nanoseconds) { printText($0) }
    }

    static func spec(_ arguments: inout Arguments) throws(RuntimeError) {
        var bundle = ""
        var isRootless = false
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "-b", "--bundle": bundle = try arguments.value()
            case "--rootless": isRootless = try arguments.isOn()
            default: throw Arguments.unknown(flag)
            }
        }
        try arguments.finish()
        if !bundle.isEmpty, chdir(bundle) != 0 {
            throw .system(doing: nil, SystemError(operation: "chdir", path: bundle, errno: errno))
        }
        guard !File.exists("config.json") else { throw .other("File config.json exists. Remove it first") }
        let text = try pretty(isRootless ? DefaultSpec.rootless(uid: geteuid(), gid: getegid()) : DefaultSpec.spec)
        try doing("write the specification") {
            try File.replace("config.json", with: Array("\(text)\n".utf8), mode: 0o666)
        }
    }

    /// Columns at least 12 wide, three blanks between them, as Go's tabwriter in runc.
    private static func printTable(_ header: [String], _ rows: [[String]]) {
        var widths = header.map { max($0.count + 3, 12) }
        for row in rows { for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count + 3) } }
        for row in [header] + rows {
            var line = ""
            for (index, cell) in row.enumerated() {
                line += cell
                if index < row.count - 1 { line += String(repeating: " ", count: widths[index] - cell.count) }
            }
            printText(line)
        }
    }
}
