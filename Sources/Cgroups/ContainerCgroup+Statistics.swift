import LinuxSystem

extension ContainerCgroup {
    /// Reads what the container has used. A controller that is gone (the container ended meanwhile) is left out.
    package func statistics() -> CgroupStatistics {
        var result = CgroupStatistics()
        for location in locations {
            guard let directory = try? CgroupDirectory(opening: location.path) else { continue }
            if location.version == .two {
                result.readUnified(directory)
            } else {
                for controller in location.controllers { result.read(controller, directory) }
            }
        }
        result.isUnified = location(of: "memory") == nil && unified != nil
        return result
    }
}

extension CgroupStatistics {
    // MARK: Version 1

    fileprivate mutating func read(_ controller: String, _ directory: borrowing CgroupDirectory) {
        switch controller {
        case "cpuacct": readAccounting(directory)
        case "cpu": readThrottling(directory)
        case "cpuset": readCPUSet(directory)
        case "memory": readMemory(directory)
        case "pids": readPids(directory)
        case "blkio": readBlockIO(directory)
        case "hugetlb": readHugePages(directory, suffixes: ("usage_in_bytes", "max_usage_in_bytes", "failcnt"))
        default: break
        }
    }

    private mutating func readAccounting(_ directory: borrowing CgroupDirectory) {
        guard let total = try? directory.number("cpuacct.usage") else { return }
        var cpu = self.cpu ?? CPU()
        cpu.total = total
        cpu.perCPU = ((try? directory.read("cpuacct.usage_percpu")) ?? "").split(separator: " ").compactMap {
            UInt64($0)
        }
        // A line of headings, then `<cpu> <user> <system>`.
        let lines = ((try? directory.read("cpuacct.usage_all")) ?? "").split(separator: "\n").dropFirst()
        for numbers in lines.map({ $0.split(separator: " ").compactMap { UInt64($0) } }) where numbers.count == 3 {
            cpu.perCPUUser.append(numbers[1])
            cpu.perCPUKernel.append(numbers[2])
        }
        // USER_HZ is 100 on every architecture Linux runs containers on.
        let ticks = FlatKeyed((try? directory.read("cpuacct.stat")) ?? "")
        cpu.user = ticks["user"] * 10_000_000
        cpu.kernel = ticks["system"] * 10_000_000
        self.cpu = cpu
    }

    private mutating func readThrottling(_ directory: borrowing CgroupDirectory) {
        guard let text = try? directory.read("cpu.stat") else { return }
        let values = FlatKeyed(text)
        var cpu = self.cpu ?? CPU()
        cpu.periods = values["nr_periods"]
        cpu.throttledPeriods = values["nr_throttled"]
        cpu.throttledTime = values["throttled_time"]
        self.cpu = cpu
    }

    private mutating func readCPUSet(_ directory: borrowing CgroupDirectory) {
        var cpuset = CPUSet()
        cpuset.cpus = Self.numbers((try? directory.read("cpuset.cpus")) ?? "")
        cpuset.mems = Self.numbers((try? directory.read("cpuset.mems")) ?? "")
        for name in [
            "cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate", "memory_spread_page",
            "memory_spread_slab", "memory_pressure", "sched_load_balance", "sched_relax_domain_level",
        ] {
            cpuset.settings[name] = (try? directory.read("cpuset.\(name)")).flatMap { Int64($0) }
        }
        self.cpuset = cpuset
    }

    /// A list as `0-2,7`, see cpuset(7).
    static func numbers(_ list: String) -> [UInt64] {
        list.split(separator: ",").flatMap { part -> [UInt64] in
            let ends = part.split(separator: "-").compactMap { UInt64($0) }
            guard let first = ends.first, let last = ends.last, first <= last, last < 1 << 16 else { return [] }
            return Array(first...last)
        }
    }

    private mutating func readMemory(_ directory: borrowing CgroupDirectory) {
        guard let usage = try? directory.number("memory.usage_in_bytes") else { return }
        var memory = Memory()
        memory.usage = usage
        memory.peak = (try? directory.number("memory.max_usage_in_bytes")) ?? 0
        memory.limit = Self.limit((try? directory.number("memory.limit_in_bytes")) ?? .max)
        memory.failures = (try? directory.number("memory.failcnt")) ?? 0
        memory.swapUsage = (try? directory.number("memory.memsw.usage_in_bytes")) ?? 0
        memory.swapLimit = Self.limit((try? directory.number("memory.memsw.limit_in_bytes")) ?? .max)
        memory.swapPeak = (try? directory.number("memory.memsw.max_usage_in_bytes")) ?? 0
        memory.swapFailures = (try? directory.number("memory.memsw.failcnt")) ?? 0
        memory.kernelUsage = (try? directory.number("memory.kmem.usage_in_bytes")) ?? 0
        memory.kernelPeak = (try? directory.number("memory.kmem.max_usage_in_bytes")) ?? 0
        memory.kernelFailures = (try? directory.number("memory.kmem.failcnt")) ?? 0
        memory.kernelTCPUsage = (try? directory.number("memory.kmem.tcp.usage_in_bytes")) ?? 0
        memory.kernelTCPPeak = (try? directory.number("memory.kmem.tcp.max_usage_in_bytes")) ?? 0
        memory.kernelTCPFailures = (try? directory.number("memory.kmem.tcp.failcnt")) ?? 0
        memory.details = FlatKeyed((try? directory.read("memory.stat")) ?? "").values
        memory.oomKills = FlatKeyed((try? directory.read("memory.oom_control")) ?? "")["oom_kill"]
        self.memory = memory
    }

    /// Version 1 says "none" with the largest number of whole pages.
    private static func limit(_ value: UInt64) -> UInt64 { value >= 0x7fff_ffff_ffff_0000 ? .max : value }

    private mutating func readPids(_ directory: borrowing CgroupDirectory) {
        guard let current = try? directory.number("pids.current") else { return }
        pids = Pids(current: current, limit: (try? directory.number("pids.max")) ?? .max)
    }

    private mutating func readBlockIO(_ directory: borrowing CgroupDirectory) {
        func entries(_ files: [String]) -> [BlockIOEntry] {
            for file in files {
                guard let text = try? directory.read(file) else { continue }
                let entries = Self.blockIOEntries(text)
                if !entries.isEmpty { return entries }
            }
            return []
        }
        blockIO = BlockIO(
            bytes: entries([
                "blkio.bfq.io_service_bytes_recursive", "blkio.throttle.io_service_bytes_recursive",
                "blkio.throttle.io_service_bytes",
            ]),
            operations: entries([
                "blkio.bfq.io_serviced_recursive", "blkio.throttle.io_serviced_recursive", "blkio.throttle.io_serviced",
            ]))
        for name in ["io_queued", "io_service_time", "io_wait_time", "io_merged", "time", "sectors"] {
            let counted = entries(["blkio.bfq.\(name)_recursive"])
            if !counted.isEmpty { blockIO?.scheduler[name] = counted }
        }
    }

    /// Lines `major:minor [operation] value`, and a total that is left out.
    static func blockIOEntries(_ text: String) -> [BlockIOEntry] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard (2...3).contains(fields.count), let (major, minor) = device(fields[0]),
                let value = fields.last.flatMap({ UInt64($0) })
            else { return nil }
            return BlockIOEntry(
                major: major, minor: minor, operation: fields.count == 3 ? String(fields[1]) : "", value: value)
        }
    }

    private static func device(_ text: Substring) -> (UInt64, UInt64)? {
        let numbers = text.split(separator: ":").compactMap { UInt64($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
    }

    private mutating func readHugePages(
        _ directory: borrowing CgroupDirectory, suffixes: (usage: String, peak: String, failures: String)
    ) {
        guard let names = try? File.names(in: directory.path) else { return }
        for name in names where name.hasPrefix("hugetlb.") && name.hasSuffix("B.\(suffixes.usage)") {
            let size = String(name.dropFirst(8).dropLast(suffixes.usage.count + 1))
            guard let usage = try? directory.number(name) else { continue }
            hugePages.append(
                HugePages(
                    pageSize: size, usage: usage,
                    peak: (try? directory.number("hugetlb.\(size).\(suffixes.peak)")) ?? 0,
                    failures: Self.failures((try? directory.read("hugetlb.\(size).\(suffixes.failures)")) ?? "")))
        }
    }

    /// Version 1 has a number, version 2 a line `max <number>`.
    private static func failures(_ text: String) -> UInt64 { UInt64(text) ?? FlatKeyed(text)["max"] }

    // MARK: Version 2

    fileprivate mutating func readUnified(_ directory: borrowing CgroupDirectory) {
        if directory.has("cpu.weight") || cpu == nil, let text = try? directory.read("cpu.stat") {
            let values = FlatKeyed(text)
            cpu = CPU(
                total: values["usage_usec"] * 1000, user: values["user_usec"] * 1000,
                kernel: values["system_usec"] * 1000, periods: values["nr_periods"],
                throttledPeriods: values["nr_throttled"], throttledTime: values["throttled_usec"] * 1000)
            cpu?.pressure = Self.pressure(directory, "cpu")
        }
        if let usage = try? directory.number("memory.current") {
            var memory = Memory()
            memory.usage = usage
            memory.peak = (try? directory.number("memory.peak")) ?? 0
            memory.limit = (try? directory.number("memory.max")) ?? .max
            memory.swapUsage = (try? directory.number("memory.swap.current")) ?? 0
            memory.swapLimit = (try? directory.number("memory.swap.max")) ?? .max
            memory.details = FlatKeyed((try? directory.read("memory.stat")) ?? "").values
            memory.kernelUsage = memory.details["kernel"] ?? 0
            let events = FlatKeyed((try? directory.read("memory.events")) ?? "")
            memory.failures = events["max"]
            memory.oomKills = events["oom_kill"]
            memory.pressure = Self.pressure(directory, "memory")
            self.memory = memory
        }
        if pids == nil { readPids(directory) }
        if let text = try? directory.read("io.stat") {
            blockIO = Self.unifiedBlockIO(text)
            blockIO?.pressure = Self.pressure(directory, "io")
        }
        readHugePages(directory, suffixes: ("current", "max", "events"))
    }

    private static func pressure(_ directory: borrowing CgroupDirectory, _ resource: String) -> Pressure? {
        (try? directory.read("\(resource).pressure")).map { Pressure(parsing: $0) }
    }

    /// Lines `major:minor rbytes=… wbytes=… rios=… wios=…`.
    static func unifiedBlockIO(_ text: String) -> BlockIO {
        var result = BlockIO()
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard let first = fields.first, let (major, minor) = device(first) else { continue }
            for field in fields.dropFirst() {
                let parts = field.split(separator: "=")
                guard parts.count == 2, let value = UInt64(parts[1]) else { continue }
                func entry(_ operation: String) -> BlockIOEntry {
                    BlockIOEntry(major: major, minor: minor, operation: operation, value: value)
                }
                switch parts[0] {
                case "rbytes": result.bytes.append(entry("Read"))
                case "wbytes": result.bytes.append(entry("Write"))
                case "rios": result.operations.append(entry("Read"))
                case "wios": result.operations.append(entry("Write"))
                default: break
                }
            }
        }
        return result
    }
}

extension CgroupStatistics.Pressure {
    /// Lines `some avg10=0.00 avg60=0.00 avg300=0.00 total=0` and the same with `full`.
    init(parsing text: String) {
        self.init()
        for line in text.split(separator: "\n") {
            var share = Share()
            let fields = line.split(separator: " ")
            for field in fields.dropFirst() {
                let parts = field.split(separator: "=")
                guard parts.count == 2 else { continue }
                switch parts[0] {
                case "avg10": share.avg10 = Double(parts[1]) ?? 0
                case "avg60": share.avg60 = Double(parts[1]) ?? 0
                case "avg300": share.avg300 = Double(parts[1]) ?? 0
                case "total": share.total = UInt64(parts[1]) ?? 0
                default: break
                }
            }
            if fields.first == "some" { some = share } else { full = share }
        }
    }
}

/// A file of lines `key value`.
struct FlatKeyed {
    private(set) var values: [String: UInt64] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count == 2, let value = UInt64(fields[1]) { values[String(fields[0])] = value }
        }
    }

    subscript(key: String) -> UInt64 { values[key] ?? 0 }
}
