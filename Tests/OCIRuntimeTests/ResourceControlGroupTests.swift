import Glibc
import OCIRuntime
import OCISpec
import Testing

@Suite("Groups of cache and memory bandwidth shares, in a directory that plays resctrl")
struct ResourceControlGroupTests {
    private let root = "/tmp/resctrl-\(getpid())-\(UInt64.random(in: .min ... .max))"

    private func withRoot(_ body: (ResourceControlGroup.Host) throws -> Void) throws {
        for path in ["", "/info", "/info/L3", "/info/MB"] { mkdir(root + path, 0o700) }
        write("fffff\n", to: "\(root)/info/L3/cbm_mask")
        defer { _ = system("rm -r \(root)") }
        try body(ResourceControlGroup.Host(root: root))
    }

    private func write(_ text: String, to path: String) {
        guard let file = fopen(path, "w") else { return }
        fputs(text, file)
        fclose(file)
    }

    private func text(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    @Test("nothing asked is no group") func nothing() throws {
        #expect(try ResourceControlGroup(nil, id: "c", host: .init()) == nil)
        #expect(try ResourceControlGroup(IntelRdt(), id: "c", host: .init()) == nil)
    }

    @Test("shares and processes are written, and the group goes with its container") func own() throws {
        try withRoot { host in
            let settings = IntelRdt(schemata: ["L2:0=3"], l3CacheSchema: "L3:0=f", memBwSchema: "MB:0=20")
            let group = try #require(try ResourceControlGroup(settings, id: "c", host: host))
            #expect(group.path == "\(root)/c" && group.isOwn && group.monitoringPath == nil)
            mkdir(group.path, 0o700)
            for name in ["schemata", "tasks"] { write("", to: "\(group.path)/\(name)") }
            try group.make(settings)
            try group.join(pid: 42)
            #expect(text("\(group.path)/schemata") == "L3:0=f\nMB:0=20\nL2:0=3\n")
            #expect(text("\(group.path)/tasks") == "42")
            // The kernel's files go with their directory; these do not.
            for name in ["schemata", "tasks"] { unlink("\(group.path)/\(name)") }
            try group.remove()
            #expect(access(group.path, F_OK) != 0)
        }
    }

    @Test("a class of service by name stays, and must be there where it gets no shares") func named() throws {
        try withRoot { host in
            let settings = IntelRdt(closID: "gold", enableMonitoring: true)
            let group = try #require(try ResourceControlGroup(settings, id: "c", host: host))
            #expect(!group.isOwn && group.monitoringPath == "\(root)/gold/mon_groups/c")
            #expect(throws: RuntimeError.self) { try group.make(settings) }
            for path in ["gold", "gold/mon_groups"] { mkdir("\(root)/\(path)", 0o700) }
            try group.make(settings)
            #expect(access("\(root)/gold/mon_groups/c", F_OK) == 0)
            try group.remove()
            #expect(access("\(root)/gold/mon_groups/c", F_OK) != 0 && access("\(root)/gold", F_OK) == 0)
        }
    }

    @Test(
        "what a host cannot do is refused",
        arguments: [
            IntelRdt(closID: ".."), IntelRdt(l3CacheSchema: "L3:0=f"), IntelRdt(memBwSchema: "MB:0=20"),
            IntelRdt(enableMonitoring: true),
        ])
    func refused(_ settings: IntelRdt) {
        #expect(throws: RuntimeError.self) { try ResourceControlGroup(settings, id: "c", host: .init()) }
    }

    @Test("the file system is found in a table of mounts") func table() {
        let table = """
            22 28 0:21 / /sys rw,nosuid shared:7 - sysfs sysfs rw
            40 22 0:34 / /sys/fs/resctrl rw,relatime shared:20 - resctrl resctrl rw
            """
        #expect(ResourceControlGroup.Host.root(mountTable: table) == "/sys/fs/resctrl")
        #expect(ResourceControlGroup.Host.root(mountTable: "22 28 0:21 / /sys rw - sysfs sysfs rw") == nil)
    }
}
