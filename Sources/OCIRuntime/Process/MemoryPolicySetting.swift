import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

/// The NUMA memory policy of a container's processes, checked, see set_mempolicy(2).
struct MemoryPolicySetting {
    private let mode: Int32
    private let name: String
    private let nodes: NumberSet

    private static let modes: [String: Int32] = [
        "MPOL_DEFAULT": 0, "MPOL_PREFERRED": 1, "MPOL_BIND": 2, "MPOL_INTERLEAVE": 3, "MPOL_LOCAL": 4,
        "MPOL_PREFERRED_MANY": 5, "MPOL_WEIGHTED_INTERLEAVE": 6,
    ]

    private static let flags: [String: Int32] = [
        "MPOL_F_STATIC_NODES": 1 << 15, "MPOL_F_RELATIVE_NODES": 1 << 14, "MPOL_F_NUMA_BALANCING": 1 << 13,
    ]

    init(_ policy: MemoryPolicy) throws(RuntimeError) {
        let field = "linux.memoryPolicy"
        name = policy.mode ?? ""
        guard var mode = Self.modes[name] else {
            throw .invalid(field: "\(field).mode", problem: "invalid memory policy mode \"\(name)\"")
        }
        guard let nodes = NumberSet(policy.nodes ?? "") else {
            throw .invalid(field: "\(field).nodes", problem: "invalid memory policy nodes \"\(policy.nodes ?? "")\"")
        }
        self.nodes = nodes
        switch name {
        case "MPOL_DEFAULT", "MPOL_LOCAL":
            guard nodes.isEmpty else {
                throw .invalid(
                    field: "\(field).nodes", problem: "memory policy mode requires 0 nodes but got \(nodes.count)")
            }
            guard policy.flags.isEmpty else {
                throw .invalid(field: "\(field).flags", problem: "\(name) takes no flags")
            }
        case "MPOL_PREFERRED": break
        default:
            guard !nodes.isEmpty else {
                throw .invalid(
                    field: "\(field).nodes", problem: "memory policy mode requires at least one node but got 0")
            }
        }
        for (index, name) in policy.flags.enumerated() {
            guard let flag = Self.flags[name] else {
                throw .invalid(field: "\(field).flags[\(index)]", problem: "invalid memory policy flag \"\(name)\"")
            }
            mode |= flag
        }
        guard mode & 0xc000 != 0xc000 else {
            throw .invalid(
                field: "\(field).flags", problem: "MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other")
        }
        guard mode & 0x2000 == 0 || ["MPOL_BIND", "MPOL_PREFERRED_MANY"].contains(name) else {
            throw .invalid(field: "\(field).flags", problem: "MPOL_F_NUMA_BALANCING is for MPOL_BIND")
        }
        self.mode = mode
    }

    func apply() throws(RuntimeError) {
        // The kernel looks at one bit less than it is told, so 1 is no node at all.
        let bits = UInt(nodes.words.count * UInt.bitWidth + 1)
        do throws(SystemError) {
            try systemCall("set memory policy", name) { linux_set_mempolicy(mode, nodes.words, bits) }
        } catch { throw .system(doing: "linux.memoryPolicy", error) }
    }
}
