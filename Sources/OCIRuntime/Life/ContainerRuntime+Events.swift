import CLinux
import Glibc
internal import Cgroups
internal import LinuxSystem
internal import OCISpec

extension ContainerRuntime {
    /// What a container uses, as a line of runc's `events --stats`.
    package func statisticsEvent(_ id: String) throws(RuntimeError) -> String {
        try Self.line(StatisticsEvent(id: id, try runningRecord(id).cgroup.statistics()))
    }

    /// Reports what a container uses at each interval, and when it runs out of memory, until it has ended.
    ///
    /// - Parameters:
    ///   - interval: Nanoseconds, more than 0.
    ///   - report: Gets lines of JSON, runc's fields.
    package func events(
        _ id: String, interval: Int64, report: (String) -> Void
    ) throws(RuntimeError) {
        let record = try runningRecord(id)
        try doing("watch container \(id)") {
            let process = try ProcessDescriptor(pid: record.pid)
            var memory = try OOMNotifier.watching(record.cgroup)
            let timer = try Descriptor.timer(flags: Int32(TFD_NONBLOCK))
            try timer.arm(nanoseconds: interval)
            let epoll = try Epoll()
            try epoll.add(process.descriptor.rawValue, events: EPOLLIN.rawValue, token: 0)
            try epoll.add(timer.rawValue, events: EPOLLIN.rawValue, token: 1)
            if let descriptor = memory?.descriptor.rawValue, let events = memory?.events {
                try epoll.add(descriptor, events: UInt32(UInt16(bitPattern: events)), token: 2)
            }
            // Version 1 notifies before it kills.
            let notifiesFirst = record.cgroup.location(of: "memory") != nil
            var reported: UInt64 = 0
            var hasEnded = false
            while !hasEnded {
                var isDue = false
                var isNotified = false
                try epoll.wait { token, _ in
                    switch token {
                    case 0: hasEnded = true
                    case 1: isDue = true
                    default: isNotified = true
                    }
                }
                // Counted at every turn: a process that was killed may be seen to end before its killing is. Where the
                // cgroup is gone there is nothing more to count.
                let kills = (try? memory?.takeKills()) ?? 0
                if kills > reported || (kills == 0 && isNotified && notifiesFirst && !hasEnded) {
                    report(try Self.line(OutOfMemoryEvent(id: id)))
                    reported = kills > reported ? 0 : reported + 1
                } else {
                    reported -= kills
                }
                guard isDue, !hasEnded else { continue }
                try timer.arm(nanoseconds: interval)
                report(try Self.line(StatisticsEvent(id: id, record.cgroup.statistics())))
            }
        }
    }

    private func runningRecord(_ id: String) throws(RuntimeError) -> ContainerRecord {
        let directory = try StateDirectory(root: root, id: id)
        let record = try directory.load()
        guard directory.status(of: record) != .stopped else {
            throw .state(id: id, problem: "container with id \(id) is not running")
        }
        return record
    }

    private static func line(_ event: some Encodable) throws(RuntimeError) -> String {
        try doing("encode the event") { String(decoding: try OCIJSON.encode(event), as: UTF8.self) }
    }
}
