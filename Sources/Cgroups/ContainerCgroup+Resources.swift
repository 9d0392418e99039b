import LinuxSystem
package import OCISpec

extension ContainerCgroup {
    /// Applies limits. What the specification does not mention is left alone; what it mentions and the host cannot do
    /// is an error that names the field. Device rules are applied by `restrictDevices`.
    package func apply(_ resources: Resources) throws(CgroupError) {
        let writer = ResourceWriter(cgroup: self)
        if let cpu = resources.cpu { try writer.apply(cpu) }
        if let memory = resources.memory { try writer.apply(memory) }
        if let pids = resources.pids { try writer.apply(pids) }
        if let blockIO = resources.blockIO { try writer.apply(blockIO) }
        for (index, limit) in resources.hugepageLimits.enumerated() {
            try writer.apply(limit, field: "linux.resources.hugepageLimits[\(index)]")
        }
        if let network = resources.network { try writer.apply(network) }
        for (device, limit) in resources.rdma ?? [:] { try writer.apply(limit, device: device) }
        for (file, value) in (resources.unified ?? [:]).sorted(by: { $0.key < $1.key }) {
            try writer.applyUnified(file, value)
        }
    }
}

extension ResourceWriter {
    fileprivate func apply(_ pids: Pids) throws(CgroupError) {
        let value = pids.limit > 0 ? "\(pids.limit)" : "max"
        let field = "linux.resources.pids.limit"
        if isUnified("pids") {
            try writeUnified(value, file: "pids.max", field: field)
        } else {
            // No limit is also what a host without the controller has.
            if pids.limit <= 0, cgroup.location(of: "pids") == nil { return }
            try write(value, controller: "pids", file: "pids.max", field: field)
        }
    }

    fileprivate func apply(_ limit: HugepageLimit, field: String) throws(CgroupError) {
        if isUnified("hugetlb") {
            try writeUnified("\(limit.limit)", file: "hugetlb.\(limit.pageSize).max", field: field)
        } else {
            try write(
                "\(limit.limit)", controller: "hugetlb", file: "hugetlb.\(limit.pageSize).limit_in_bytes", field: field)
        }
    }

    fileprivate func apply(_ network: Network) throws(CgroupError) {
        if let classID = network.classID, classID != 0 {
            try write(
                "\(classID)", controller: "net_cls", file: "net_cls.classid", field: "linux.resources.network.classID")
        }
        for priority in network.priorities {
            try write(
                "\(priority.name) \(priority.priority)", controller: "net_prio", file: "net_prio.ifpriomap",
                field: "linux.resources.network.priorities")
        }
    }

    fileprivate func apply(_ rdma: Rdma, device: String) throws(CgroupError) {
        var words = [device]
        if let handles = rdma.hcaHandles { words.append("hca_handle=\(handles)") }
        if let objects = rdma.hcaObjects { words.append("hca_object=\(objects)") }
        let line = words.joined(separator: " ")
        let field = "linux.resources.rdma[\(device)]"
        if isUnified("rdma") {
            try writeUnified(line, file: "rdma.max", field: field)
        } else {
            try write(line, controller: "rdma", file: "rdma.max", field: field)
        }
    }

    fileprivate func applyUnified(_ file: String, _ value: String) throws(CgroupError) {
        let field = "linux.resources.unified[\(file)]"
        guard !file.isEmpty, !file.contains("/"), file != ".", file != ".." else {
            throw .invalid(field: field, problem: "unified resource \"\(file)\" must be a file name (no slashes)")
        }
        // Files with one line by key take one key at a write.
        for line in value.split(separator: "\n") {
            do throws(CgroupError) {
                try writeUnified(String(line), file: file, field: field)
            } catch .missingController(_, let controller) {
                throw .invalid(
                    field: field,
                    problem: "unified resource \"\(file)\" can't be set: controller \"\(controller)\" not available")
            } catch .setting(_, let cause) {
                throw .invalid(field: field, problem: "unified resource \"\(file)\" can't be set: \(cause)")
            }
        }
    }

    // MARK: CPU

    fileprivate func apply(_ cpu: CPU) throws(CgroupError) {
        let unified = isUnified("cpu")
        if let shares = cpu.shares, shares != 0 {
            let field = "linux.resources.cpu.shares"
            if unified {
                try writeUnified("\(Self.weight(shares: shares))", file: "cpu.weight", field: field)
            } else {
                try write("\(shares)", controller: "cpu", file: "cpu.shares", field: field)
            }
        }
        if unified { try applyBandwidthUnified(cpu) } else { try applyBandwidth(cpu) }
        if let idle = cpu.idle {
            let field = "linux.resources.cpu.idle"
            if unified {
                try writeUnified("\(idle)", file: "cpu.idle", field: field)
            } else {
                try write("\(idle)", controller: "cpu", file: "cpu.idle", field: field)
            }
        }
        for (value, file) in [(cpu.cpus, "cpuset.cpus"), (cpu.mems, "cpuset.mems")] {
            guard let value, !value.isEmpty else { continue }
            let field = "linux.resources.cpu.\(file.dropFirst(7))"
            if isUnified("cpuset") {
                try writeUnified(value, file: file, field: field)
            } else {
                try write(value, controller: "cpuset", file: file, field: field)
            }
        }
    }

    private func applyBandwidth(_ cpu: CPU) throws(CgroupError) {
        // The kernel checks each write against the values in force, so a burst that must shrink goes first.
        if let period = cpu.period, period != 0 {
            try write("\(period)", controller: "cpu", file: "cpu.cfs_period_us", field: "linux.resources.cpu.period")
        }
        if let quota = cpu.quota, quota != 0 {
            try write("\(quota)", controller: "cpu", file: "cpu.cfs_quota_us", field: "linux.resources.cpu.quota")
        }
        if let burst = cpu.burst {
            try write("\(burst)", controller: "cpu", file: "cpu.cfs_burst_us", field: "linux.resources.cpu.burst")
        }
        if let period = cpu.realtimePeriod, period != 0 {
            try write(
                "\(period)", controller: "cpu", file: "cpu.rt_period_us", field: "linux.resources.cpu.realtimePeriod")
        }
        if let runtime = cpu.realtimeRuntime, runtime != 0 {
            try write(
                "\(runtime)", controller: "cpu", file: "cpu.rt_runtime_us", field: "linux.resources.cpu.realtimeRuntime"
            )
        }
    }

    private func applyBandwidthUnified(_ cpu: CPU) throws(CgroupError) {
        if let runtime = cpu.realtimeRuntime, runtime != 0 {
            throw .missingController(field: "linux.resources.cpu.realtimeRuntime", controller: "version 1 cpu")
        }
        if (cpu.quota ?? 0) != 0 || (cpu.period ?? 0) != 0 {
            let quota = cpu.quota ?? 0
            let text = quota > 0 ? "\(quota)" : "max"
            let period = cpu.period ?? 0
            try writeUnified(
                period == 0 ? text : "\(text) \(period)", file: "cpu.max", field: "linux.resources.cpu.quota")
        }
        if let burst = cpu.burst {
            try writeUnified("\(burst)", file: "cpu.max.burst", field: "linux.resources.cpu.burst")
        }
    }

    /// Version 1's shares (2 … 262144) as version 2's weight (1 … 10000), as the specification of systemd and runc do.
    static func weight(shares: UInt64) -> UInt64 {
        let bounded = min(max(shares, 2), 262_144)
        return 1 + ((bounded - 2) * 9999) / 262_142
    }
}
