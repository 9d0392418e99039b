import Cgroups
import OCISpec
import Testing

struct SystemdUnitTests {
    private func unit(_ path: String, isUsers: Bool = false) throws -> SystemdUnit {
        try SystemdUnit(cgroupsPath: path, id: "box", isUsers: isUsers)
    }

    @Test func `a path is slice, prefix and name`() throws {
        #expect(
            try unit("a-b.slice:docker:1")
                == SystemdUnit(name: "docker-1.scope", slice: "a-b.slice", container: "1", isUsers: false))
        #expect(try unit(":docker:1").slice == "system.slice")
        #expect(try unit(":docker:1", isUsers: true).slice == "user.slice")
        #expect(try unit("").name == "runc-box.scope")
        #expect(try unit("a.slice::pod.slice").name == "pod.slice")
    }

    @Test(arguments: ["/a/b", "a:b", "a:b:c:d", "a:b:c", "a--b.slice:p:n", "-a.slice:p:n", "a/b.slice:p:n", ":p:../n"])
    func `other paths are refused`(path: String) {
        #expect(throws: CgroupError.self) { try unit(path) }
    }

    @Test func `slices stand in each other`() throws {
        #expect(
            try SystemdUnit.path(ofSlice: "test-a-b.slice") == "/test.slice/test-a.slice/test-a-b.slice")
        #expect(try SystemdUnit.path(ofSlice: "-.slice") == "")
    }

    @Test func `versions start with a number`() {
        #expect(SystemdManager.version("252.39-1~deb12u2") == 252)
        #expect(SystemdManager.version("v245-rc1") == 245)
        #expect(SystemdManager.version("") == 0)
    }
}

struct SystemdResourcesTests {
    private func properties(_ resources: Resources, unified: Bool, version: Int = 252) throws -> [String: DBusValue] {
        var translation = SystemdResources(isUnified: unified, version: version)
        try translation.add(resources)
        return Dictionary(translation.properties.map { ($0.name, $0.value) }) { $1 }
    }

    @Test func `limits have the names of each version`() throws {
        let resources = Resources(
            memory: Memory(limit: 100, reservation: 50, swap: 300), cpu: CPU(shares: 1024, cpus: "0-1,9"),
            pids: Pids(limit: 7), blockIO: BlockIO(weight: 500))
        #expect(
            try properties(resources, unified: false) == [
                "MemoryLimit": .uint64(100), "CPUShares": .uint64(1024), "AllowedCPUs": .bytes([3, 2]),
                "TasksMax": .uint64(7), "BlockIOWeight": .uint64(500),
            ])
        #expect(
            try properties(resources, unified: true) == [
                "MemoryMax": .uint64(100), "MemoryLow": .uint64(50), "MemorySwapMax": .uint64(200),
                "CPUWeight": .uint64(39), "AllowedCPUs": .bytes([3, 2]), "TasksMax": .uint64(7),
            ])
    }

    @Test(arguments: [
        (Int64(50_000), UInt64(100_000), UInt64(500_000)), (1, 100_000, 10_000), (33_333, 100_000, 340_000),
        (-1, 100_000, .max), (20_000, 0, 200_000), (0, 50_000, .max), (.max, 1, .max),
    ])
    func `a quota is a share of a second, in whole percents`(quota: Int64, period: UInt64, expected: UInt64) throws {
        let found = try properties(Resources(cpu: CPU(quota: quota, period: period)), unified: true)
        #expect(found["CPUQuotaPerSecUSec"] == .uint64(expected))
        #expect(found["CPUQuotaPeriodUSec"] == (period == 0 ? nil : .uint64(period)))
    }

    @Test func `an older systemd is not told what it does not know`() throws {
        let resources = Resources(cpu: CPU(quota: 1000, period: 2000, cpus: "0"))
        #expect(
            try properties(resources, unified: true, version: 239) == ["CPUQuotaPerSecUSec": .uint64(500_000)])
    }

    @Test func `files of version 2 become properties where there is one`() throws {
        let found = try properties(
            Resources(unified: [
                "memory.high": "max", "memory.max": "5", "cpu.max": "1000 10000", "pids.max": " 3\n",
                "cpuset.mems": "0", "memory.oom.group": "1", "cpu.weight": "9",
            ]), unified: true)
        #expect(
            found == [
                "MemoryHigh": .uint64(.max), "MemoryMax": .uint64(5), "CPUQuotaPerSecUSec": .uint64(100_000),
                "CPUQuotaPeriodUSec": .uint64(10_000), "TasksMax": .uint64(3), "AllowedMemoryNodes": .bytes([1]),
                "CPUWeight": .uint64(9),
            ])
    }

    @Test(arguments: [("cpu.max", "a"), ("cpu.max", "1 2 3"), ("memory.max", "x"), ("cpuset.cpus", "3-1")])
    func `values of files that are wrong are told`(file: String, value: String) {
        #expect(throws: CgroupError.self) { try properties(Resources(unified: [file: value]), unified: true) }
    }

    @Test(arguments: ["", "a", "1-", "-1", "2-1", "1-2-3", "70000"])
    func `what is no list is none`(text: String) { #expect(SystemdResources.bits(text) == nil) }

    private static let majors = "Character devices:\n  1 mem\n136 pts\n\nBlock devices:\n  1 ramdisk\n  7 loop\n"

    private func allowed(_ rules: [DeviceRule]) -> (policy: DBusValue?, entries: [String]) {
        let found = SystemdDevices.properties(rules, majors: Self.majors) { !$0.contains("9:9") }
        var entries: [String] = []
        if case .array(_, let values)? = found.last?.value {
            for case .structure(let pair) in values { entries.append("\(pair[0].text ?? "") \(pair[1].text ?? "")") }
        }
        return (found.first?.value, entries)
    }

    @Test func `device rules become a list of what is allowed`() {
        let (policy, entries) = allowed([
            DeviceRule(allow: false, kind: .all, access: "rwm"), DeviceRule(allow: true, kind: .character, access: "m"),
            DeviceRule(allow: true, kind: .character, major: 136, access: "rwm"),
            DeviceRule(allow: true, kind: .character, major: 1, minor: 3, access: "rw"),
            DeviceRule(allow: true, kind: .block, major: 7, access: "r"),
            DeviceRule(allow: true, kind: .block, major: 9, minor: 9, access: "r"),
            DeviceRule(allow: true, kind: .block, major: 200, access: "r"),
            DeviceRule(allow: true, kind: .block, minor: 3, access: "r"),
            DeviceRule(allow: false, kind: .character, major: 1, minor: 3, access: "w"),
        ])
        #expect(policy == .string("strict"))
        #expect(entries == ["char-* m", "char-pts rwm", "/dev/char/1:3 r", "block-loop r"])
    }

    @Test func `everything is allowed by no policy, and everything but something for a moment by none`() {
        let everything = DeviceRule(allow: true, kind: .all, access: "rwm")
        #expect(allowed([everything]) == (.string("auto"), []))
        let most = allowed([everything, DeviceRule(allow: false, kind: .block, major: 7, access: "rwm")])
        #expect(most == (.string("strict"), []))
    }
}
