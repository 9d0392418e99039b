internal import Cgroups
internal import LinuxSystem
internal import OCISpec

extension Resources {
    /// What the kernel wants to be told together with a changed limit, as it is in force now.
    func completed(by cgroup: ContainerCgroup) -> Resources {
        var result = self
        if let memory { result.memory = Self.completed(memory, cgroup) }
        if let cpu { result.cpu = Self.completed(cpu, cgroup) }
        return result
    }

    private static func completed(_ memory: Memory, _ cgroup: ContainerCgroup) -> Memory {
        var memory = memory
        if let version1 = cgroup.location(of: "memory") {
            // No limit on memory means none on memory and swap together, which cannot be less.
            if memory.limit == -1, (memory.swap ?? 0) == 0, read("memory.memsw.limit_in_bytes", version1) != nil {
                memory.swap = -1
            }
        } else if let unified = cgroup.unified, (memory.swap ?? 0) > 0, (memory.limit ?? 0) == 0 {
            // The specification's number is that of memory and swap, the kernel's that of swap.
            memory.limit = read("memory.max", unified).flatMap { Int64($0) }
        }
        return memory
    }

    /// Version 2 has quota and period in one file.
    private static func completed(_ cpu: CPU, _ cgroup: ContainerCgroup) -> CPU {
        guard cgroup.location(of: "cpu") == nil, let unified = cgroup.unified, (cpu.quota ?? 0) == 0,
            (cpu.period ?? 0) != 0, let present = read("cpu.max", unified)?.split(separator: " ").first
        else { return cpu }
        var cpu = cpu
        cpu.quota = Int64(present) ?? -1
        return cpu
    }

    private static func read(_ file: String, _ location: ContainerCgroup.Location) -> String? {
        try? CgroupDirectory(opening: location.path).read(file)
    }
}
