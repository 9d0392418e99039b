import LinuxSystem
import OCISpec

extension ResourceWriter {
    func apply(_ memory: Memory) throws(CgroupError) {
        if memory.checkBeforeUpdate == true, let limit = memory.limit, limit > 0 { try refuseBelowUsage(limit) }
        if isUnified("memory") { try applyUnified(memory) } else { try applyVersionOne(memory) }
    }

    private func refuseBelowUsage(_ limit: Int64) throws(CgroupError) {
        guard let location = cgroup.location(of: "memory") ?? cgroup.unified else { return }
        let file = location.version == .one ? "memory.usage_in_bytes" : "memory.current"
        let usage: UInt64
        do throws(SystemError) {
            usage = try CgroupDirectory(opening: location.path).number(file)
        } catch { throw .system(error) }
        guard usage <= UInt64(limit) else {
            throw .invalid(
                field: "linux.resources.memory.limit", problem: "\(limit) is below the usage of \(usage) bytes")
        }
    }

    // MARK: Version 1

    private func applyVersionOne(_ memory: Memory) throws(CgroupError) {
        func set(_ value: Int64?, _ file: String, _ field: String) throws(CgroupError) {
            guard let value, value != 0 else { return }
            try write(
                "\(value)", controller: "memory", file: "memory.\(file)", field: "linux.resources.memory.\(field)")
        }
        if let limit = memory.limit, limit != 0, let swap = memory.swap, swap != 0 {
            // The kernel keeps limit ≤ memory+swap at every step, so what grows goes first.
            let present = try presentSwapLimit()
            if swap < 0 || UInt64(swap) >= present {
                try set(swap, "memsw.limit_in_bytes", "swap")
                try set(limit, "limit_in_bytes", "limit")
            } else {
                try set(limit, "limit_in_bytes", "limit")
                try set(swap, "memsw.limit_in_bytes", "swap")
            }
        } else {
            try set(memory.limit, "limit_in_bytes", "limit")
            try set(memory.swap, "memsw.limit_in_bytes", "swap")
        }
        try set(memory.reservation, "soft_limit_in_bytes", "reservation")
        // memory.kernel is deprecated: the kernel has no such limit since 5.11 and the specification says to ignore it.
        try set(memory.kernelTCP, "kmem.tcp.limit_in_bytes", "kernelTCP")
        if memory.disableOOMKiller == true {
            try write(
                "1", controller: "memory", file: "memory.oom_control", field: "linux.resources.memory.disableOOMKiller")
        }
        if let swappiness = memory.swappiness {
            guard swappiness <= 100 else {
                throw .invalid(field: "linux.resources.memory.swappiness", problem: "\(swappiness) is not in 0…100")
            }
            try write(
                "\(swappiness)", controller: "memory", file: "memory.swappiness",
                field: "linux.resources.memory.swappiness")
        }
        if memory.useHierarchy == true {
            try write(
                "1", controller: "memory", file: "memory.use_hierarchy", field: "linux.resources.memory.useHierarchy")
        }
    }

    private func presentSwapLimit() throws(CgroupError) -> UInt64 {
        guard let location = cgroup.location(of: "memory") else { return 0 }
        do throws(SystemError) {
            let directory = try CgroupDirectory(opening: location.path)
            return directory.has("memory.memsw.limit_in_bytes")
                ? try directory.number("memory.memsw.limit_in_bytes") : 0
        } catch { throw .system(error) }
    }

    // MARK: Version 2

    private func applyUnified(_ memory: Memory) throws(CgroupError) {
        func text(_ value: Int64) -> String { value < 0 ? "max" : "\(value)" }
        // Swap goes first: a limit that shrinks below the usage pushes pages there.
        if let swap = try swapAlone(memory) { try writeSwap(text(swap)) }
        if let limit = memory.limit, limit != 0 {
            try writeUnified(text(limit), file: "memory.max", field: "linux.resources.memory.limit")
        }
        if let reservation = memory.reservation, reservation != 0 {
            try writeUnified(text(reservation), file: "memory.low", field: "linux.resources.memory.reservation")
        }
        if memory.disableOOMKiller == true {
            throw .missingController(field: "linux.resources.memory.disableOOMKiller", controller: "version 1 memory")
        }
        if memory.swappiness != nil, cgroup.location(of: "memory") == nil {
            throw .missingController(field: "linux.resources.memory.swappiness", controller: "version 1 memory")
        }
        if let kernelTCP = memory.kernelTCP, kernelTCP > 0 {
            throw .missingController(field: "linux.resources.memory.kernelTCP", controller: "version 1 memory")
        }
    }
    /// The specification counts memory and swap together, version 2 swap alone; nil leaves it as it is.
    private func swapAlone(_ memory: Memory) throws(CgroupError) -> Int64? {
        let field = "linux.resources.memory.swap"
        let limit = memory.limit ?? 0
        guard let swap = memory.swap, swap != 0 else { return limit < 0 ? -1 : nil }
        if swap < 0 { return swap }
        guard limit > 0 else { throw .invalid(field: field, problem: "unable to set swap limit without memory limit") }
        guard swap >= limit else {
            throw .invalid(field: field, problem: "memory+swap limit should be >= memory limit")
        }
        return swap - limit
    }

    /// A kernel that does not account for swap has no file for it: then there is nothing to lift or to forbid.
    private func writeSwap(_ value: String) throws(CgroupError) {
        let file = "memory.swap.max"
        if value == "max" || value == "0", let unified = cgroup.unified, !File.exists("\(unified.path)/\(file)") {
            return
        }
        try writeUnified(value, file: file, field: "linux.resources.memory.swap")
    }
}
