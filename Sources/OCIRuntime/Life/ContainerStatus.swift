import CLinux
import Glibc
internal import LinuxSystem

/// Where a container is in its life (runtime-spec, runtime.md; `paused` is runc's).
public enum ContainerStatus: String, Sendable {
    case creating, created, running, paused, stopped
}

extension StateDirectory {
    /// Asks the kernel: the record says only which process to look at.
    func status(of record: ContainerRecord) -> ContainerStatus {
        guard record.pid > 0 else { return record.cgroups.isEmpty ? .stopped : interruptedStatus(record) }
        guard let process = ProcessStatus(pid: record.pid), process.startTime == record.startTime, !process.isDead
        else {
            return .stopped
        }
        if (try? record.cgroup.isFrozen()) == true { return .paused }
        return awaitsStart ? .created : .running
    }

    /// A runtime that was killed while it created the container left no process in the record.
    private func interruptedStatus(_ record: ContainerRecord) -> ContainerStatus {
        ((try? record.cgroup.processes()) ?? []).isEmpty ? .stopped : .creating
    }

    /// Whether the container's process waits on the fifo: then, and only then, the fifo has a reader.
    var awaitsStart: Bool {
        guard let fifo = try? Descriptor.open(fifoPath, O_WRONLY | O_NONBLOCK) else { return false }
        _ = consume fifo
        return true
    }
}

/// What `/proc/<pid>/stat` says, see proc(5).
struct ProcessStatus: Equatable {
    /// A letter.
    var state: UInt8
    var startTime: UInt64

    var isDead: Bool { state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") }

    init?(pid: Int32) {
        guard let bytes = try? File.read("/proc/\(pid)/stat") else { return nil }
        self.init(parsing: bytes)
    }

    /// The name, in brackets, may hold anything, so the fields are counted from its end.
    init?(parsing bytes: [UInt8]) {
        guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let state = fields[0].first,
            let startTime = UInt64(decimal: fields[19])
        else { return nil }
        self.state = state
        self.startTime = startTime
    }
}
