import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

/// The CPUs of a process that joins a container: at first, where the host may want it off some CPUs, and once it is in
/// the container's cgroup (runtime-spec, config.md, `execCPUAffinity`).
struct AffinitySetting {
    let initial: NumberSet?
    let final: NumberSet?

    init(_ affinity: CPUAffinity?, field: String) throws(RuntimeError) {
        initial = try Self.parse(affinity?.initial, "\(field).execCPUAffinity.initial")
        final = try Self.parse(affinity?.final, "\(field).execCPUAffinity.final")
    }

    private static func parse(_ text: String?, _ field: String) throws(RuntimeError) -> NumberSet? {
        guard let text, !text.isEmpty else { return nil }
        guard let set = NumberSet(text), !set.isEmpty else {
            throw .invalid(field: field, problem: "bad CPU affinity: \"\(text)\"")
        }
        return set
    }

    static func apply(_ set: NumberSet?, _ name: String) throws(RuntimeError) {
        guard let set else { return }
        do throws(SystemError) {
            try systemCall("set CPU affinity") {
                linux_sched_setaffinity(0, set.words.count * MemoryLayout<UInt>.size, set.words)
            }
        } catch { throw .system(doing: "process.execCPUAffinity.\(name)", error) }
    }
}
