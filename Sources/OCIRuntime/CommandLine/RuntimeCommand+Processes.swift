import Glibc
internal import LinuxSystem

extension RuntimeCommand {
    /// `ps`: the lines of ps(1) that are of the container's processes.
    static func ps(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) {
        var format = "table"
        while let flag = try arguments.nextFlag() {
            guard ["-f", "--format"].contains(flag) else { throw Arguments.unknown(flag) }
            format = try arguments.value()
        }
        let id = try arguments.required("container-id")
        let pids = try runtime.processes(id)
        switch format {
        case "table", "": break
        case "json": return printText(try compact(pids))
        default: throw .other("invalid format option")
        }
        let options = arguments.remaining()
        let output = try ProgramOutput.of("ps", options.isEmpty ? ["-ef"] : options)
        var lines = output.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.isEmpty }[...]
        guard let header = lines.popFirst(), let column = header.split(separator: " ").firstIndex(of: "PID") else {
            throw .other("couldn't find PID field in ps output")
        }
        printText(String(header))
        let wanted = Set(pids)
        for line in lines {
            let fields = line.split(separator: " ")
            guard column < fields.count, let pid = Int32(fields[column]) else {
                throw .other("unable to parse pid: line \"\(line)\" of ps")
            }
            if wanted.contains(pid) { printText(String(line)) }
        }
    }
}
