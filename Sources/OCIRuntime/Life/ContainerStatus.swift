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
        let found = bytes.withUnsafeBufferPointer { bytes -> (state: UInt8, startTime: UInt64)? in
            var rest = ByteText(bytes)
            while rest.cut(at: ")") != nil {}
            _ = rest.cut(at: " ")
            guard let state = rest.cut(at: " ")?.bytes.first else { return nil }
            for _ in 4..<22 where rest.cut(at: " ") == nil { return nil }
            guard let text = rest.next(before: " "), let startTime = UInt64(decimal: text.bytes) else { return nil }
            return (state, startTime)
        }
        guard let found else { return nil }
        (state, startTime) = found
    }
}
