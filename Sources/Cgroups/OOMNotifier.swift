import CLinux
import Glibc
package import LinuxSystem

/// Tells when the kernel killed a process of the container for want of memory.
///
/// Poll `descriptor` for `events`, then ask `takeKills()`.
package struct OOMNotifier: ~Copyable, Sendable {
    /// Version 1: an eventfd (POLLIN). Version 2: the open `memory.events` (POLLPRI).
    package let descriptor: Descriptor
    package let events: Int16
    private let counter: String
    private let isUnified: Bool
    private var seen: UInt64

    /// Watches a container's memory controller; `nil` where the host has none.
    package static func watching(_ cgroup: ContainerCgroup) throws(SystemError) -> OOMNotifier? {
        if let location = cgroup.location(of: "memory") { return try OOMNotifier(versionOne: location.path) }
        guard let unified = cgroup.unified, File.exists("\(unified.path)/memory.events") else { return nil }
        return try OOMNotifier(unified: unified.path)
    }

    /// cgroup.event_control takes "<eventfd> <fd of the watched file>", see the kernel's cgroup-v1/memory.rst.
    private init(versionOne path: String) throws(SystemError) {
        let directory = try CgroupDirectory(opening: path)
        let control = try Descriptor.open(at: directory.descriptor.rawValue, "memory.oom_control", O_RDONLY)
        let event = try Descriptor.event(flags: Int32(EFD_NONBLOCK))
        try directory.write("\(event.rawValue) \(control.rawValue)", to: "cgroup.event_control")
        let counter = "\(path)/memory.oom_control"
        let seen = FlatKeyed(try File.readText(counter))["oom_kill"]
        self.counter = counter
        self.seen = seen
        descriptor = event
        events = Int16(POLLIN)
        isUnified = false
    }

    private init(unified path: String) throws(SystemError) {
        let counter = "\(path)/memory.events"
        let file = try Descriptor.open(counter, O_RDONLY)
        let seen = FlatKeyed(String(decoding: try file.readToEnd(), as: UTF8.self))["oom_kill"]
        self.counter = counter
        self.seen = seen
        descriptor = file
        events = Int16(POLLPRI)
        isUnified = true
    }

    /// How many were killed since the last call; re-arms the notification.
    package mutating func takeKills() throws(SystemError) -> UInt64 {
        if !isUnified {
            var value: UInt64 = 0
            _ = withUnsafeMutableBytes(of: &value) { read(descriptor.rawValue, $0.baseAddress, $0.count) }
        }
        let total = try kills()
        defer { seen = total }
        return total >= seen ? total - seen : 0
    }

    private func kills() throws(SystemError) -> UInt64 {
        if isUnified {
            // Reading the watched descriptor itself arms the next notification.
            try systemCall("seek", counter) { lseek(descriptor.rawValue, 0, SEEK_SET) }
            return FlatKeyed(String(decoding: try descriptor.readToEnd(), as: UTF8.self))["oom_kill"]
        }
        return FlatKeyed(try File.readText(counter))["oom_kill"]
    }
}
