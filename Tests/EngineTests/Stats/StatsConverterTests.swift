import Engine
import EngineAPI
import Foundation
import SupervisorClient
import Testing

@Suite struct StatsConverterTests {
    private var response: SupervisorClient.StatsResponse {
        var response = SupervisorClient.StatsResponse()
        response.readAt.seconds = 1_700_000_000
        response.readAt.nanos = 42
        response.cpuTotal = 300
        response.cpuUser = 200
        response.cpuSystem = 100
        response.cpuPerCore = [250, 50]
        response.throttledPeriods = 3
        response.memoryUsage = 4096
        response.memoryMaxUsage = 8192
        response.memoryStat = ["total_inactive_file": 1024, "inactive_file": 512, "workingset_nodes": 9]
        response.pidsCurrent = 2
        response.blockIo = [.init()]
        response.blockIo[0].major = 254
        response.blockIo[0].readBytes = 10
        response.blockIo[0].writeBytes = 5
        return response
    }

    private func facts(_ mode: HostFacts.CgroupMode) -> HostFacts {
        HostFacts(
            cgroupMode: mode, kernel: KernelVersion(6, 1), onlineCPUs: [0, 1], capabilities: [], hostMemory: 1 << 30)
    }

    private func json(_ stats: ContainerStats) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: EngineJSON.encode(stats)) as? [String: Any])
    }

    @Test("Counters of cgroup v1 have Docker's names")
    func v1() throws {
        let converter = StatsConverter(facts: facts(.v1))
        let first = converter.convert(
            response, name: "web", id: "1", systemCPU: 1000, networks: nil, previous: nil)
        let stats = converter.convert(response, name: "web", id: "1", systemCPU: 2000, networks: [:], previous: first)
        let object = try json(stats)
        #expect(object["name"] as? String == "/web")
        #expect(object["read"] as? String == "2023-11-14T22:13:20.000000042Z")
        #expect(object["preread"] as? String == object["read"] as? String)
        #expect(object["networks"] == nil)
        let cpu = try #require(object["cpu_stats"] as? [String: Any])
        let before = try #require(object["precpu_stats"] as? [String: Any])
        #expect(cpu["system_cpu_usage"] as? Int == 2000)
        #expect(before["system_cpu_usage"] as? Int == 1000)
        #expect(cpu["online_cpus"] as? Int == 2)
        let usage = try #require(cpu["cpu_usage"] as? [String: Any])
        #expect(usage["total_usage"] as? Int == 300)
        #expect(usage["percpu_usage"] as? [Int] == [250, 50])
        #expect(usage["usage_in_kernelmode"] as? Int == 100)
        let memory = try #require(object["memory_stats"] as? [String: Any])
        #expect(memory["limit"] as? Int == 1 << 30)
        #expect(memory["stats"] as? [String: Int] == ["total_inactive_file": 1024, "inactive_file": 512])
        #expect(object["pids_stats"] as? [String: Int] == ["current": 2])
        let block = try #require(object["blkio_stats"] as? [String: Any])
        let entries = try #require(block["io_service_bytes_recursive"] as? [[String: Any]])
        #expect(entries.map { $0["op"] as? String } == ["Read", "Write", "Total"])
        #expect(entries.map { $0["value"] as? Int } == [10, 5, 15])
        #expect((block["sectors_recursive"] as? [Any])?.isEmpty == true)
    }

    @Test("Counters of cgroup v2 lack what v2 does not count")
    func v2() throws {
        var response = response
        response.cpuPerCore = []
        response.memoryLimit = 1 << 20
        let stats = StatsConverter(facts: facts(.v2)).convert(
            response, name: "/web", id: "1", systemCPU: nil, networks: nil, previous: nil)
        let object = try json(stats)
        let block = try #require(object["blkio_stats"] as? [String: Any])
        let entries = try #require(block["io_service_bytes_recursive"] as? [[String: Any]])
        #expect(entries.map { $0["op"] as? String } == ["read", "write"])
        #expect(block["io_serviced_recursive"] is NSNull)
        #expect(stats.memory.limit == 1 << 20)
        #expect(stats.memory.stats == ["inactive_file": 512])
        #expect(stats.cpu.usage.perCore == nil)
        #expect(object["preread"] as? String == "0001-01-01T00:00:00Z")
    }

    @Test("A container that does not run has an empty sample")
    func empty() throws {
        let object = try json(StatsConverter.empty(name: "web", id: "1"))
        #expect((object["memory_stats"] as? [String: Any])?.isEmpty == true)
        #expect((object["pids_stats"] as? [String: Any])?.isEmpty == true)
    }

    @Test("Interfaces are read from the process's namespace, without the loopback device")
    func networks() {
        let text = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo:     100       2    0    0    0     0          0         0      100       2    0    0    0     0       0          0
              eth0:    1500      10    1    2    0     0          0         0      700       7    3    4    0     0       0          0
            """
        let networks = HostCounters.networks(in: text)
        #expect(Set(networks.keys) == ["eth0"])
        #expect(networks["eth0"]?.receivedBytes == 1500)
        #expect(networks["eth0"]?.receiveDropped == 2)
        #expect(networks["eth0"]?.sentPackets == 7)
        #expect(networks["eth0"]?.sendDropped == 4)
    }

    @Test("The processors' time is what Docker counts")
    func systemCPU() {
        #expect(HostCounters.systemCPU(in: "cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 2 3") == 280_000_000)
        #expect(HostCounters.systemCPU(in: "nothing") == nil)
    }
}
