import Glibc
internal import LinuxSystem
internal import OCISpec

extension RuntimeCommand {
    static func update(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) {
        var resources = Resources()
        var memory = Memory()
        var cpu = CPU()
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "-r", "--resources":
                resources = try read(try arguments.value())
                memory = resources.memory ?? memory
                cpu = resources.cpu ?? cpu
            case "--blkio-weight":
                var blockIO = resources.blockIO ?? BlockIO()
                blockIO.weight = try arguments.number()
                resources.blockIO = blockIO
            case "--cpu-period": cpu.period = try arguments.number()
            case "--cpu-quota": cpu.quota = try arguments.number()
            case "--cpu-burst": cpu.burst = try arguments.number()
            case "--cpu-share": cpu.shares = try arguments.number()
            case "--cpu-rt-period": cpu.realtimePeriod = try arguments.number()
            case "--cpu-rt-runtime": cpu.realtimeRuntime = try arguments.number()
            case "--cpu-idle": cpu.idle = try arguments.number()
            case "--cpuset-cpus": cpu.cpus = try arguments.value()
            case "--cpuset-mems": cpu.mems = try arguments.value()
            case "--memory": memory.limit = try ByteCount.parse(try arguments.value())
            case "--memory-reservation": memory.reservation = try ByteCount.parse(try arguments.value())
            case "--memory-swap": memory.swap = try ByteCount.parse(try arguments.value())
            case "--kernel-memory", "--kernel-memory-tcp": _ = try arguments.value()
            case "--pids-limit": resources.pids = Pids(limit: try arguments.number())
            default: throw Arguments.unknown(flag)
            }
        }
        let id = try arguments.required("container-id")
        try arguments.finish()
        if memory != Memory() { resources.memory = memory }
        if cpu != CPU() { resources.cpu = cpu }
        try runtime.update(id, resources)
    }

    private static func read(_ path: String) throws(RuntimeError) -> Resources {
        try doing("read the resources of \(path)") {
            try OCIJSON.decode(Resources.self, from: try File.read(path == "-" ? "/dev/stdin" : path, limit: 16 << 20))
        }
    }
}

/// Bytes as people write them: `64m`, `1.5g` is not among them.
enum ByteCount {
    static func parse(_ text: String) throws(RuntimeError) -> Int64 {
        var digits = text[...].lowercased()
        if digits.hasSuffix("b"), digits.count > 1 { digits.removeLast() }
        var shift: Int64 = 0
        if let last = digits.last, let index = ["k", "m", "g", "t"].firstIndex(of: String(last)) {
            shift = Int64(index + 1) * 10
            digits.removeLast()
        }
        guard let number = Int64(digits), number >= -1 else { throw .usage("invalid value \"\(text)\": not a size") }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
        guard !overflow else { throw .usage("invalid value \"\(text)\": too large") }
        return number == -1 ? -1 : bytes
    }
}
