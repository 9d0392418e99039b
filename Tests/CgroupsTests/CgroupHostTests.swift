import Cgroups
import LinuxSystem
import Testing

struct CgroupHostTests {
    private static let legacy = """
        30 24 0:26 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro,mode=755
        29 24 0:30 /x /tmp/odd/pids rw - cgroup none rw,pids
        31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct
        32 30 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
        33 30 0:29 / /sys/fs/cgroup/my\\040own rw - cgroup cgroup rw,name=own
        34 30 0:30 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids

        """
    private static let membership = """
        4:pids:/user/me
        3:name=own:/
        2:name=systemd:/user.slice
        1:cpu,cpuacct:/

        """

    private func host(_ mounts: String, _ membership: String) -> CgroupHost {
        CgroupHost(mountinfo: Array(mounts.utf8), membership: membership)
    }

    private func paths(_ host: CgroupHost, _ path: String) -> [String] {
        ContainerCgroup(host: host, path: path).locations.map(\.path)
    }

    @Test func `hierarchies are found alone, together and by name, at their usual place`() {
        let found = host(Self.legacy, Self.membership).hierarchies
        #expect(
            found.map(\.mountPoint).sorted() == [
                "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/my own", "/sys/fs/cgroup/pids", "/sys/fs/cgroup/systemd",
            ])
        #expect(found.contains { $0.controllers == ["cpu", "cpuacct"] })
    }

    @Test func `a relative path is below the own cgroup on version 1`() {
        #expect(
            paths(host(Self.legacy, Self.membership), "a").sorted() == [
                "/sys/fs/cgroup/cpu,cpuacct/a", "/sys/fs/cgroup/my own/a", "/sys/fs/cgroup/pids/user/me/a",
                "/sys/fs/cgroup/systemd/user.slice/a",
            ])
    }

    private static let unified = "30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n"

    @Test(arguments: [
        ("a/b", "/sys/fs/cgroup/user.slice/a/b"), ("/a//b/", "/sys/fs/cgroup/a/b"),
        ("../../a", "/sys/fs/cgroup/user.slice/a"), ("/a/../../b/./c", "/sys/fs/cgroup/b/c"),
        ("/..", "/sys/fs/cgroup"), ("a/..b", "/sys/fs/cgroup/user.slice/a/..b"),
    ])
    func `a path stays where it starts, on version 2 beside the own cgroup`(path: String, expected: String) {
        #expect(paths(host(Self.unified, "0::/user.slice/session-1.scope\n"), path) == [expected])
    }

    @Test func `beside version 1, version 2 has the container beside the own cgroup as well`() {
        let mounts = Self.legacy + "35 30 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
        let found = paths(host(mounts, Self.membership + "0::/user.slice\n"), "a")
        #expect(found.contains("/sys/fs/cgroup/unified/a"))
    }

    @Test func `a mount that shows a part of a hierarchy is that part's`() {
        let mounts = "30 24 0:26 /docker/c /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
        #expect(paths(host(mounts, "0::/docker/c/d/e\n"), "a") == ["/sys/fs/cgroup/d/a"])
    }

    @Test func `what is mounted elsewhere counts only where nothing is at the usual place`() {
        let elsewhere = "29 24 0:30 / /mnt/memory rw - cgroup none rw,memory\n"
        #expect(host(elsewhere, "5:memory:/\n").hierarchies.map(\.mountPoint) == ["/mnt/memory"])
        let both = elsewhere + Self.legacy
        #expect(!host(both, "5:memory:/\n" + Self.membership).hierarchies.contains { $0.controllers == ["memory"] })
    }

    @Test func `what is found at the usual places is what the mounts say`() throws {
        let mounts = try File.read("/proc/self/mountinfo")
        let membership = try File.readText("/proc/self/cgroup")
        guard let found = CgroupHost(atUsualPlacesOf: CgroupMembership(parsing: membership)) else { return }
        let place = { (host: CgroupHost) in host.hierarchies.sorted { $0.mountPoint < $1.mountPoint } }
        #expect(place(found) == place(CgroupHost(mountinfo: mounts, membership: membership)))
        #expect(try place(CgroupHost.current()) == place(found))
    }

    @Test func `a hierarchy that is not at its usual place is not found there`() {
        for text in ["9:nothing:/\n", "9:pids,nothing:/\n0::/\n", "9:name=nothing:/\n"] {
            #expect(CgroupHost(atUsualPlacesOf: CgroupMembership(parsing: text)) == nil)
        }
    }
}
