import OCIRuntime
import OCISpec
import Testing

@Suite struct ContainerRecordTests {
    /// Every member has a value.
    private static let complete = """
        {"version":1,"ociVersion":"1.3.0","id":"c","bundle":"/b","rootfs":"/b/r","annotations":{"a":"b"},
         "created":"2026-01-01T00:00:00Z","owner":1,"pid":2,"startTime":3,
         "cgroups":[{"version":1,"controllers":["cpu"],"mountPoint":"/m","path":"/m/c"},
           {"version":2,"controllers":[],"mountPoint":"/u","path":"/u/c"}],
         "systemd":{"name":"p-c.scope","slice":"system.slice","container":"c","isUsers":false},
         "namespaces":["pid"],"process":{"args":["sh"],"cwd":"/","user":{"uid":1,"gid":2}},"seccompFlags":2,
         "personality":{"domain":"LINUX"},"memoryPolicy":{"mode":"MPOL_BIND","nodes":"0"},
         "seccompListener":{"path":"/l","metadata":"m"},"resourceControl":{"path":"/g","isOwn":true},
         "hostMount":{"path":"/b/r","number":7},
         "poststart":[{"path":"/bin/true"}],"poststop":[{"path":"/bin/false","args":["false"]}]}
        """

    @Test("a record that was written is read back, every member of it")
    func roundTrip() throws {
        let record = try OCIJSON.read(ContainerRecord.self, from: Array(Self.complete.utf8))
        let again = try OCIJSON.read(ContainerRecord.self, from: try OCIJSON.write(record))
        #expect(again == record)
        for member in Mirror(reflecting: again).children {
            let value = Mirror(reflecting: member.value)
            let isEmpty = [.optional, .collection].contains(value.displayStyle) && value.children.isEmpty
            #expect(!isEmpty, "\(member.label ?? "") has no value, so it could be forgotten unseen")
        }
    }
}
