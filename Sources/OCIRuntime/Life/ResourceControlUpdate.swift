internal import LinuxSystem

/// Changes of a container's share of cache and memory bandwidth by Intel RDT: lines for `schemata` of its group in
/// the file system resctrl.
struct ResourceControlUpdate {
    let cache: String
    let bandwidth: String

    /// Refuses what this host cannot do, before anything is changed.
    func check() throws(RuntimeError) {
        guard !cache.isEmpty || !bandwidth.isEmpty else { return }
        let root = ResourceControlGroup.Host.current().root
        func offers(_ name: String) -> Bool { root.map { File.exists("\($0)/info/\(name)") } ?? false }
        if !cache.isEmpty, !offers("L3"), !offers("L3CODE") {
            throw .other("Intel RDT/CAT: l3 cache schema is not enabled")
        }
        if !bandwidth.isEmpty, !offers("MB") {
            throw .other("Intel RDT/MBA: memory bandwidth schema is not enabled")
        }
    }

    /// Writes the lines into the group that the container was made with.
    func apply(to id: String) throws(RuntimeError) {
        guard !cache.isEmpty || !bandwidth.isEmpty, let root = ResourceControlGroup.Host.current().root else { return }
        let group = "\(root)/\(id)"
        guard File.exists(group) else {
            throw .other("container \(id) has no Intel RDT group: set linux.intelRdt in its configuration")
        }
        for line in [cache, bandwidth] where !line.isEmpty {
            try doing("change Intel RDT's schema") { try File.write("\(line)\n", to: "\(group)/schemata") }
        }
    }
}
