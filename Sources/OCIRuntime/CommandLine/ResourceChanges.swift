internal import OCISpec

/// What the flags of `update` change. runc takes most of them as texts, and an empty one leaves things as they are.
struct ResourceChanges {
    /// Lines for resctrl's schemata.
    private(set) var cacheSchema = ""
    private(set) var bandwidthSchema = ""
    private var blockIOWeight: UInt16 = 0
    private var pidsLimit: Int64 = 0
    private var texts: [String: String] = [:]

    /// Takes a flag; false where it is none of these.
    mutating func read(_ flag: String, _ arguments: inout Arguments) throws(RuntimeError) -> Bool {
        switch flag {
        case "--blkio-weight": blockIOWeight = try arguments.number()
        case "--pids-limit": pidsLimit = try arguments.number()
        case "--l3-cache-schema": cacheSchema = try arguments.value()
        case "--mem-bw-schema": bandwidthSchema = try arguments.value()
        case "--cpu-period", "--cpu-quota", "--cpu-burst", "--cpu-share", "--cpu-rt-period", "--cpu-rt-runtime",
            "--cpu-idle", "--cpuset-cpus", "--cpuset-mems", "--memory", "--memory-reservation", "--memory-swap",
            "--kernel-memory", "--kernel-memory-tcp":
            texts[String(flag.dropFirst(2))] = try arguments.value()
        default: return false
        }
        return true
    }

    func resources(_ log: RuntimeLog) throws(RuntimeError) -> Resources {
        var resources = Resources()
        let cpu = CPU(
            shares: try number("cpu-share"), quota: try number("cpu-quota"), burst: try number("cpu-burst"),
            period: try number("cpu-period"), realtimeRuntime: try number("cpu-rt-runtime"),
            realtimePeriod: try number("cpu-rt-period"), cpus: text("cpuset-cpus"), mems: text("cpuset-mems"),
            idle: try number("cpu-idle"))
        if cpu != CPU() { resources.cpu = cpu }
        let memory = Memory(
            limit: try size("memory"), reservation: try size("memory-reservation"), swap: try size("memory-swap"))
        if memory != Memory() { resources.memory = memory }
        if blockIOWeight != 0 { resources.blockIO = BlockIO(weight: blockIOWeight) }
        if pidsLimit != 0 { resources.pids = Pids(limit: pidsLimit) }
        let kernel = try (size("kernel-memory"), size("kernel-memory-tcp"))
        if kernel.0 != nil || kernel.1 != nil { log.warn("Kernel memory settings are ignored and will be removed") }
        return resources
    }

    private func text(_ name: String) -> String? { texts[name].flatMap { $0.isEmpty ? nil : $0 } }

    private func number<T: FixedWidthInteger>(_ name: String) throws(RuntimeError) -> T? {
        guard let text = text(name) else { return nil }
        guard let number = T(text) else {
            throw .other(
                "invalid value for \(name): strconv.Parse\(T.isSigned ? "Int" : "Uint"): parsing \"\(text)\": "
                    + "invalid syntax")
        }
        return number
    }

    private func size(_ name: String) throws(RuntimeError) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let bytes = ByteCount.parse(text) else {
            throw .other("invalid value for \(name): invalid size: '\(text)'")
        }
        return bytes
    }
}

/// Bytes as people write them: `1024`, `64m`, `1.5g`, `10kB`, `2MiB`; -1 is no limit.
package enum ByteCount {
    package static func parse(_ text: String) -> Int64? {
        if text == "-1" { return -1 }
        let number = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        var unit = text[number.endIndex...].drop { $0 == " " }.lowercased()
        if unit.hasSuffix("ib"), unit.count > 2 { unit.removeLast(2) } else if unit.hasSuffix("b") { unit.removeLast() }
        guard let power = ["", "k", "m", "g", "t", "p"].firstIndex(of: unit), let last = number.last, last != "." else {
            return nil
        }
        let multiplier = Int64(1) << (Int64(power) * 10)
        // Whole numbers stay exact.
        if let whole = Int64(number) {
            let (bytes, overflow) = whole.multipliedReportingOverflow(by: multiplier)
            return overflow ? nil : bytes
        }
        guard let value = Double(number.first == "." ? "0\(number)" : String(number)) else { return nil }
        return Int64(exactly: (value * Double(multiplier)).rounded(.down))
    }
}
