import Shim
import Testing

@Suite struct ShimGroupTests {
    private func group(_ configuration: String, supervisor: String = "/s", namespace: String = "n") throws -> ShimGroup?
    {
        try ShimGroup(configuration: Array(configuration.utf8), supervisor: supervisor, namespace: namespace)
    }

    @Test func `A configuration without the annotations is in no group`() throws {
        #expect(try group("{}") == nil)
        #expect(try group(#"{"annotations":{"a":"io.kubernetes.cri.sandbox-id"}}"#) == nil)
        #expect(try group(#"{"annotations":{"io.kubernetes.cri.sandbox-id":""}}"#) == nil)
    }

    @Test func `A sandbox of one namespace and supervisor is a group`() throws {
        let one = #"{"annotations":{"io.kubernetes.cri.sandbox-id":"p"}}"#
        let other = #"{"annotations":{"io.kubernetes.cri.sandbox-id":"q"}}"#
        #expect(try group(one) == group(one))
        #expect(try group(one)?.fileName == group(one)?.fileName)
        #expect(try group(one) != group(other))
        #expect(try group(one) != group(one, namespace: "m"))
        #expect(try group(one) != group(one, supervisor: "/t"))
        #expect(try group(one)?.fileName != group(other)?.fileName)
    }

    @Test func `The group annotation comes before the sandbox's`() throws {
        let both = #"{"annotations":{"io.kubernetes.cri.sandbox-id":"p","io.containerd.runc.v2.group":"g"}}"#
        #expect(try group(both) == group(#"{"annotations":{"io.containerd.runc.v2.group":"g"}}"#))
    }

    @Test func `A name that would break the entry's lines is refused`() {
        #expect(throws: ShimError.self) { try group(#"{"annotations":{"io.containerd.runc.v2.group":"a\nb"}}"#) }
        #expect(throws: ShimError.self) { try group(#"{"annotations":{"io.containerd.runc.v2.group""#) }
    }
}
