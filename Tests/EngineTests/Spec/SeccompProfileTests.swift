import Engine
import Foundation
import OCISpec
import Testing

@Suite struct SeccompProfileTests {
    private struct Golden: Decodable {
        var `default`: OCISpec.Seccomp
        /// The rules that a container gets with one capability that it would not have with none.
        var added: [String: [OCISpec.Syscall]]
    }

    private func golden() throws -> Golden {
        let data = try Data(contentsOf: GoldenContainer.file("seccomp.json"))
        return try OCIJSON.decode(Golden.self, from: [UInt8](data))
    }

    private func filter(_ capabilities: [String]) throws -> OCISpec.Seccomp {
        try #require(try SeccompProfile.docker.filter(capabilities: capabilities, kernel: KernelVersion(6, 18)))
    }

    @Test("The default filter is Docker's but for the socket families")
    func defaultFilter() throws {
        var built = try filter(CapabilityNames.defaults)
        var wanted = try golden().default
        built.syscalls.removeAll { $0.names == ["socket"] }
        wanted.syscalls.removeAll { $0.names == ["socket"] }
        #expect(built == wanted)
    }

    @Test("Each capability opens the calls that it opens with Docker", arguments: CapabilityNames.known)
    func capabilityRules(_ capability: String) throws {
        let without = try filter([]).syscalls
        let added = try filter([capability]).syscalls.filter { !without.contains($0) }
        if capability == "CAP_SYS_RESOURCE" { return }
        #expect(added == (try golden().added[capability] ?? []))
    }

    @Test(
        "AF_ALG and AF_VSOCK sockets are denied, whatever is in the half of the argument that the kernel ignores",
        arguments: [0, 1 << 32, UInt64(0xffff_ffff) << 32])
    func socketFamilies(_ upperHalf: UInt64) throws {
        let rules = try filter(CapabilityNames.defaults).syscalls.filter { $0.names == ["socket"] }
        let allowed = (UInt64(0)..<64).filter { family in
            rules.contains { rule in
                rule.args.allSatisfy {
                    ($0.valueTwo ?? 0) == ((upperHalf | family) & $0.value) && $0.op == "SCMP_CMP_MASKED_EQ"
                }
            }
        }
        #expect(allowed == (0..<64).filter { $0 != 38 && $0 != 40 })
    }

    @Test("A profile of the user is read in Docker's format")
    func customProfile() throws {
        let profile = try SeccompProfile(
            json: """
                {"defaultAction":"SCMP_ACT_ALLOW","archMap":[{"architecture":"SCMP_ARCH_X86_64","subArchitectures":
                ["SCMP_ARCH_X86"]},{"architecture":"SCMP_ARCH_AARCH64","subArchitectures":["SCMP_ARCH_ARM"]}],
                "syscalls":[{"name":"mkdir","action":"SCMP_ACT_ERRNO","args":[],"comment":"","includes":{},"excludes":{}},
                {"names":["chmod"],"action":"SCMP_ACT_ERRNO","errnoRet":5,"includes":{"minKernel":"99.0"}},
                {"names":["chown"],"action":"SCMP_ACT_ERRNO","excludes":{"caps":["CAP_CHOWN"]}}]}
                """)
        let filter = try #require(try profile.filter(capabilities: ["CAP_CHOWN"], kernel: KernelVersion(6, 1)))
        #expect(filter.syscalls.map(\.names) == [["mkdir"]])
        #expect(filter.architectures.count == 2)
    }

    @Test("What is no profile is an error, and an empty one no filter")
    func brokenProfiles() throws {
        #expect(throws: SpecError.self) { try SeccompProfile(json: "xx") }
        #expect(throws: SpecError.self) {
            try SeccompProfile(
                json: #"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"name":"a","names":["b"],"action":"x"}]}"#)
        }
        #expect(try SeccompProfile(json: "{}").filter(capabilities: [], kernel: KernelVersion(6, 1)) == nil)
    }
}
