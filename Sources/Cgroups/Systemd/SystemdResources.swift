package import OCISpec

/// Translates resource limits into properties of a unit, so that systemd does not undo them when it sets the cgroup
/// anew. Whatever systemd has no property for is left to the cgroup's files, which are written as well.
package struct SystemdResources {
    /// Whether version 2 has the controllers.
    package var isUnified: Bool
    /// systemd's, since some properties are younger than others.
    package var version: Int
    package private(set) var properties: [SystemdProperty] = []

    private static let defaultPeriod: UInt64 = 100_000
    private static let infinity = UInt64.max

    package init(isUnified: Bool, version: Int) {
        self.isUnified = isUnified
        self.version = version
    }

    /// Whether the translation depends on systemd's version, which takes a call to learn.
    package static func needVersion(_ resources: Resources) -> Bool {
        if let cpu = resources.cpu, cpu.quota ?? 0 != 0 || cpu.period ?? 0 != 0 || cpu.cpus != nil || cpu.mems != nil {
            return true
        }
        return resources.unified?.keys.contains { $0.hasPrefix("cpu") } == true
    }

    package mutating func add(_ resources: Resources) throws(CgroupError) {
        if let memory = resources.memory { add(memory) }
        if let cpu = resources.cpu { try add(cpu) }
        if !isUnified, let weight = resources.blockIO?.weight, weight != 0 {
            add("BlockIOWeight", .uint64(UInt64(weight)))
        }
        if let pids = resources.pids {
            add("TasksMax", .uint64(pids.limit > 0 ? UInt64(pids.limit) : Self.infinity))
        }
        guard isUnified, let unified = resources.unified else { return }
        for file in unified.keys.sorted() { try add(file, unified[file] ?? "") }
    }

    private mutating func add(_ name: String, _ value: DBusValue) {
        properties.append(SystemdProperty(name, value))
    }

    private mutating func add(_ memory: Memory) {
        func bytes(_ value: Int64) -> DBusValue { .uint64(value < 0 ? Self.infinity : UInt64(value)) }
        if let limit = memory.limit, limit != 0 { add(isUnified ? "MemoryMax" : "MemoryLimit", bytes(limit)) }
        guard isUnified else { return }
        if let reservation = memory.reservation, reservation != 0 { add("MemoryLow", bytes(reservation)) }
        guard let swap = memory.swap, swap != 0 else { return }
        // The specification counts memory and swap together.
        if swap < 0 {
            add("MemorySwapMax", bytes(-1))
        } else if let limit = memory.limit, limit > 0, swap >= limit {
            add("MemorySwapMax", bytes(swap - limit))
        }
    }

    // MARK: CPU

    private mutating func add(_ cpu: CPU) throws(CgroupError) {
        if let shares = cpu.shares, shares != 0 {
            add(
                isUnified ? "CPUWeight" : "CPUShares",
                .uint64(isUnified ? ResourceWriter.weight(shares: shares) : shares))
        }
        addBandwidth(quota: cpu.quota ?? 0, period: cpu.period ?? 0)
        if let cpus = cpu.cpus, !cpus.isEmpty { try addList("AllowedCPUs", cpus, "linux.resources.cpu.cpus") }
        if let mems = cpu.mems, !mems.isEmpty { try addList("AllowedMemoryNodes", mems, "linux.resources.cpu.mems") }
    }

    private mutating func addBandwidth(quota: Int64, period: UInt64) {
        guard quota != 0 || period != 0 else { return }
        if period != 0, version >= 242 { add("CPUQuotaPeriodUSec", .uint64(period)) }
        guard quota > 0 else { return add("CPUQuotaPerSecUSec", .uint64(Self.infinity)) }
        // systemd keeps whole percents. Rounded up, cgroups below can be given what was asked for here.
        let (high, low) = UInt64(quota).multipliedFullWidth(by: 1_000_000)
        let divisor = period == 0 ? Self.defaultPeriod : period
        guard high < divisor else { return add("CPUQuotaPerSecUSec", .uint64(Self.infinity)) }
        let perSecond = divisor.dividingFullWidth((high, low)).quotient
        let percents = perSecond / 10_000 + (perSecond % 10_000 == 0 ? 0 : 1)
        let (rounded, overflow) = percents.multipliedReportingOverflow(by: 10_000)
        add("CPUQuotaPerSecUSec", .uint64(overflow ? Self.infinity : rounded))
    }

    private mutating func addList(_ name: String, _ text: String, _ field: String) throws(CgroupError) {
        guard version >= 244 else { return }
        guard let bits = Self.bits(text) else {
            throw .invalid(field: field, problem: "\"\(text)\" is not a list of numbers and ranges")
        }
        add(name, .bytes(bits))
    }

    /// A list as `0,2-3` in the form of systemd's masks: the first byte has the numbers 0 to 7, the lowest bit first.
    package static func bits(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(trimmed)
            if ends == [""] { continue }
            guard ends.count <= 2, let first = UInt16(ends[0]), let last = UInt16(ends[ends.count - 1]), first <= last
            else { return nil }
            while result.count <= Int(last) / 8 { result.append(0) }
            for number in first...last { result[Int(number) / 8] |= 1 << (number % 8) }
        }
        return result.isEmpty ? nil : result
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " || $0 == "\n" }
        while let last = text.last, last == " " || last == "\n" { text.removeLast() }
        return String(text)
    }

    // MARK: Files of version 2

    private mutating func add(_ file: String, _ value: String) throws(CgroupError) {
        let field = "linux.resources.unified[\(file)]"
        let value = Self.trimmed(value[...])
        func number() throws(CgroupError) -> DBusValue {
            if value == "max" { return .uint64(Self.infinity) }
            guard let number = UInt64(value) else {
                throw .invalid(
                    field: field, problem: "unified resource \"\(file)\" value conversion error: \"\(value)\"")
            }
            return .uint64(number)
        }
        switch file {
        case "cpu.max": try addMaximum(value, field)
        case "cpu.weight": add("CPUWeight", try number())
        case "cpuset.cpus": try addList("AllowedCPUs", value, field)
        case "cpuset.mems": try addList("AllowedMemoryNodes", value, field)
        case "memory.high": add("MemoryHigh", try number())
        case "memory.low": add("MemoryLow", try number())
        case "memory.min": add("MemoryMin", try number())
        case "memory.max": add("MemoryMax", try number())
        case "memory.swap.max": add("MemorySwapMax", try number())
        case "pids.max": add("TasksMax", try number())
        default: return
        }
    }

    private mutating func addMaximum(_ value: String, _ field: String) throws(CgroupError) {
        let words = value.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard (1...2).contains(words.count), let quota = words[0] == "max" ? 0 : Int64(words[0]),
            let period = words.count == 2 ? UInt64(words[1]) : Self.defaultPeriod
        else {
            throw .invalid(field: field, problem: "unified resource \"cpu.max\" value invalid: \"\(value)\"")
        }
        addBandwidth(quota: quota, period: period)
    }
}
