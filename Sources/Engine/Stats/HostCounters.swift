package import EngineAPI
import Glibc

/// Counters of the host's procfs.
package enum HostCounters {
    /// The nanoseconds that all processors have been up, busy or idle; nil if procfs does not say.
    package static func systemCPU() -> UInt64? {
        HostFile.text("/proc/stat").flatMap(systemCPU)
    }

    package static func systemCPU(in text: String) -> UInt64? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }) else { return nil }
        // user, nice, system, idle, iowait, irq, softirq; as Docker counts, without the time that was stolen.
        let ticks = line.split(separator: " ").dropFirst().prefix(7).compactMap { UInt64($0) }
        guard ticks.count == 7 else { return nil }
        let second = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        return ticks.reduce(0, &+) &* (1_000_000_000 / second)
    }

    /// The interfaces of a process's network namespace but for the loopback device; nil if the process is gone.
    package static func networks(ofProcess pid: UInt32) -> [String: ContainerStats.Network]? {
        HostFile.text("/proc/\(pid)/net/dev").map(networks)
    }

    package static func networks(in text: String) -> [String: ContainerStats.Network] {
        var networks: [String: ContainerStats.Network] = [:]
        for line in text.split(separator: "\n").dropFirst(2) {
            guard let colon = line.lastIndex(of: ":") else { continue }
            let name = line[..<colon].drop { $0 == " " }
            let counters = line[line.index(after: colon)...].split(separator: " ").map { UInt64($0) ?? 0 }
            guard name != "lo", counters.count >= 12 else { continue }
            var network = ContainerStats.Network()
            network.receivedBytes = counters[0]
            network.receivedPackets = counters[1]
            network.receiveErrors = counters[2]
            network.receiveDropped = counters[3]
            network.sentBytes = counters[8]
            network.sentPackets = counters[9]
            network.sendErrors = counters[10]
            network.sendDropped = counters[11]
            networks[String(name)] = network
        }
        return networks
    }
}
