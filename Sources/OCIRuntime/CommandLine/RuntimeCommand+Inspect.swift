import Glibc
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

extension RuntimeCommand {
    private static func format(_ arguments: inout Arguments) throws(RuntimeError) -> Bool {
        switch try arguments.value() {
        case "table", "": return false
        case "json": return true
        default: throw .usage("invalid format option")
        }
    }

    static func list(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) {
        var json = false
        var quiet = false
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "-f", "--format": json = try format(&arguments)
            case "-q", "--quiet": quiet = try arguments.isOn()
            default: throw Arguments.unknown(flag)
            }
        }
        try arguments.finish()
        let states = try runtime.list()
        if quiet {
            for state in states { printText(state.id) }
        } else if json {
            printText(try compact(states))
        } else {
            printTable(
                ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"],
                states.map { [$0.id, "\($0.pid)", $0.status, $0.bundle, $0.created, $0.owner] })
        }
    }

    static func ps(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) {
        var json = false
        while let flag = try arguments.nextFlag() {
            guard ["-f", "--format"].contains(flag) else { throw Arguments.unknown(flag) }
            json = try format(&arguments)
        }
        let id = try arguments.required("container-id")
        try arguments.finish()
        let pids = try runtime.processes(id)
        if json { return printText(try compact(pids)) }
        let rows: [[String]] = pids.compactMap { pid in
            guard let status = ProcessStatus(pid: pid), let owner = try? File.status("/proc/\(pid)").st_uid else {
                return nil
            }
            let words = (try? File.read("/proc/\(pid)/cmdline")) ?? []
            let command = String(decoding: words.map { $0 == 0 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
            return ["\(owner)", "\(pid)", "\(status.parent)", String(status.state), command]
        }
        printTable(["UID", "PID", "PPID", "S", "CMD"], rows)
    }

    static func events(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) {
        var stats = false
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "--stats": stats = try arguments.isOn()
            case "--interval": _ = try arguments.value()
            default: throw Arguments.unknown(flag)
            }
        }
        let id = try arguments.required("container-id")
        try arguments.finish()
        guard stats else { throw .usage("only --stats is supported yet") }
        printText(try runtime.statisticsEvent(id))
    }

    static func spec(_ arguments: inout Arguments) throws(RuntimeError) {
        var bundle = "."
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "-b", "--bundle": bundle = try arguments.value()
            case "--rootless":
                if try arguments.isOn() { throw .usage("spec --rootless is not supported yet") }
            default: throw Arguments.unknown(flag)
            }
        }
        try arguments.finish()
        let path = "\(bundle)/config.json"
        guard !File.exists(path) else { throw .usage("File config.json exists. Remove it first") }
        let text = try pretty(DefaultSpec.spec) + "\n"
        try doing("write the specification") { try File.replace(path, with: Array(text.utf8), mode: 0o666) }
    }

    /// Columns as wide as their widest entry, three blanks between them, as Go's tabwriter in runc.
    private static func printTable(_ header: [String], _ rows: [[String]]) {
        var widths = header.map { max($0.count + 1, 12) }
        for row in rows { for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count + 1) } }
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
