import OCISpec
import Testing

/// The types that read and write themselves must answer as `Codable` does, with no member forgotten.
@Suite struct JSONReadableTests {
    /// Every member of every type that reads itself has a value here.
    private static let complete = """
        {"ociVersion":"1.3.0","hostname":"h\\u0001\\"","domainname":"d","annotations":{"a":"b"},
         "root":{"path":"rootfs","readonly":true},
         "hooks":{"poststop":[{"path":"/bin/true","args":["true"],"env":["A=1"],"timeout":3}]},
         "mounts":[{"destination":"/a","type":"bind","source":"/b","options":["ro"],
           "uidMappings":[{"containerID":0,"hostID":1,"size":2}],"gidMappings":[{"containerID":3,"hostID":4,"size":5}]}],
         "process":{"terminal":true,"consoleSize":{"height":1,"width":2},"args":["sh"],"env":["A=\\u00e4"],"cwd":"/",
           "user":{"uid":1,"gid":2,"umask":18,"additionalGids":[3],"username":"u"},
           "capabilities":{"bounding":["CAP_KILL"],"effective":["CAP_KILL"],"inheritable":["CAP_KILL"],
             "permitted":["CAP_KILL"],"ambient":["CAP_KILL"]},
           "rlimits":[{"type":"RLIMIT_NOFILE","hard":18446744073709551615,"soft":1024}],"noNewPrivileges":true,
           "apparmorProfile":"p","oomScoreAdj":-5,"selinuxLabel":"l",
           "ioPriority":{"class":"IOPRIO_CLASS_BE","priority":4},"scheduler":{"policy":"SCHED_OTHER","nice":1},
           "execCPUAffinity":{"initial":"0","final":"1"}},
         "linux":{"uidMappings":[{"containerID":0,"hostID":1,"size":2}],
           "gidMappings":[{"containerID":0,"hostID":1,"size":2}],"sysctl":{"net.x":"1"},"cgroupsPath":"/c",
           "namespaces":[{"type":"pid","path":"/proc/1/ns/pid"}],
           "devices":[{"type":"c","path":"/dev/x","major":1,"minor":2,"fileMode":384,"uid":3,"gid":4}],
           "netDevices":{"eth0":{"name":"n"}},"rootfsPropagation":"slave","maskedPaths":["/m"],"readonlyPaths":["/r"],
           "mountLabel":"ml","intelRdt":{"closID":"c"},"memoryPolicy":{"mode":"MPOL_BIND","nodes":"0"},
           "personality":{"domain":"LINUX32"},"timeOffsets":{"monotonic":{"secs":1,"nanosecs":2}},
           "seccomp":{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":1,"architectures":["SCMP_ARCH_X86"],
             "flags":["SECCOMP_FILTER_FLAG_LOG"],"listenerPath":"/l","listenerMetadata":"m",
             "syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW","errnoRet":2,
               "args":[{"index":0,"value":1,"valueTwo":2,"op":"SCMP_CMP_MASKED_EQ"}]}]},
           "resources":{"devices":[{"allow":true,"type":"c","major":1,"minor":-1,"access":"rwm"}],
             "memory":{"limit":1,"reservation":2,"swap":3,"kernel":4,"kernelTCP":5,"swappiness":6,
               "disableOOMKiller":true,"useHierarchy":true,"checkBeforeUpdate":true},
             "cpu":{"shares":1,"quota":2,"burst":3,"period":4,"realtimeRuntime":5,"realtimePeriod":6,"cpus":"0",
               "mems":"0","idle":1},
             "pids":{"limit":7},"blockIO":{"weight":10},"hugepageLimits":[{"pageSize":"2MB","limit":1}],
             "network":{"classID":1},"rdma":{"d":{"hcaHandles":1}},"unified":{"memory.high":"1"}}}}
        """

    private func byCodable<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try OCIJSON.decode(type, from: Array(text.utf8))
    }

    @Test("a complete configuration reads the same both ways")
    func complete() throws {
        let read = try OCIJSON.read(Spec.self, from: Array(Self.complete.utf8))
        let expected = try byCodable(Spec.self, Self.complete)
        #expect(read == expected)
        #expect(Self.forgotten(in: read, "spec") == [])
    }

    @Test("an incomplete configuration reads the same both ways")
    func incomplete() throws {
        for text in [
            #"{"ociVersion":"1.0.0"}"#,
            #"{"ociVersion":"1","process":{"cwd":"/"},"root":null,"mounts":null,"linux":{"resources":{}}}"#,
            #"{"ociVersion":"1","process":{"cwd":"/","user":null,"noNewPrivileges":null,"capabilities":{}}}"#,
            #"{"ociVersion":"1","linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW"},"namespaces":[]}}"#,
        ] {
            let read = try OCIJSON.read(Spec.self, from: Array(text.utf8))
            let expected = try byCodable(Spec.self, text)
            #expect(read == expected)
        }
    }

    @Test(
        "an error reads the same both ways",
        arguments: [
            "7", "{}", #"{"ociVersion":null}"#, #"{"ociVersion":"1","process":[]}"#,
            #"{"ociVersion":"1","process":{"cwd":7}}"#, #"{"ociVersion":"1","process":{"cwd":"/","env":["A",1]}}"#,
            #"{"ociVersion":"1","mounts":[{"destination":"/a"},{}]}"#, #"{"ociVersion":"1","mounts":{}}"#,
            #"{"ociVersion":"1","process":{"cwd":"/","rlimits":[{"type":"R","hard":1,"soft":-1}]}}"#,
            #"{"ociVersion":"1","process":{"cwd":"/","terminal":"yes"}}"#,
            #"{"ociVersion":"1","linux":{"resources":{"pids":{"limit":"1"}}}}"#,
            #"{"ociVersion":"1","hooks":{"poststop":[{"args":[]}]}}"#,
        ])
    func errors(_ text: String) {
        let expected = #expect(throws: OCIJSONError.self) { try byCodable(Spec.self, text) }
        let found = #expect(throws: OCIJSONError.self) { try OCIJSON.read(Spec.self, from: Array(text.utf8)) }
        #expect(found == expected)
    }

    @Test("a process that was written is read back")
    func process() throws {
        let process = try #require(try byCodable(Spec.self, Self.complete).process)
        let bytes = try OCIJSON.write(process)
        #expect(try OCIJSON.decode(Process.self, from: bytes) == process)
        #expect(try OCIJSON.read(Process.self, from: bytes) == process)
        let plain = Process(args: ["\u{1f}\\\"/\n\u{e4}"], cwd: "/")
        let read = try OCIJSON.read(Process.self, from: try OCIJSON.write(plain))
        #expect(read == plain)
    }

    /// The members that have no value: the example above must be complete, or a member could be forgotten unseen.
    private static func forgotten(in value: Any, _ path: String) -> [String] {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.map { forgotten(in: $0.value, path) } ?? [path]
        case .collection where mirror.children.isEmpty: return [path]
        case .struct where value is any JSONReadable:
            return mirror.children.flatMap { forgotten(in: $0.value, "\(path).\($0.label ?? "")") }
        case .collection: return mirror.children.flatMap { forgotten(in: $0.value, "\(path)[]") }
        default: return []
        }
    }
}
