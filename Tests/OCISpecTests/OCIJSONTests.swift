import OCISpec
import Testing

@Suite struct OCIJSONTests {
    private func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try OCIJSON.decode(type, from: Array(text.utf8))
    }

    @Test("a bundle's configuration is read and absent arrays are empty")
    func readsSpec() throws {
        let spec = try decode(
            Spec.self,
            """
            {"ociVersion":"1.3.0","unknown":{"a":[1,2]},"process":{"cwd":"/","args":["sh"],"terminal":true,
             "rlimits":[{"type":"RLIMIT_NOFILE","hard":18446744073709551615,"soft":1024}]},
             "root":{"path":"rootfs"},"linux":{"resources":{"memory":{"limit":-1}}}}
            """)
        #expect(spec.process?.terminal == true)
        #expect(spec.process?.user == User())
        #expect(spec.process?.rlimits.first?.hard == UInt64.max)
        #expect(spec.mounts.isEmpty)
        #expect(spec.root?.readonly == false)
        #expect(spec.linux?.resources?.memory?.limit == -1)
    }

    @Test("what is written is read back and empty arrays are left out")
    func roundTrip() throws {
        var spec = Spec(process: Process(args: ["sh"], cwd: "/"))
        spec.linux = Linux(
            resources: Resources(memory: Memory(limit: .max, swappiness: .max)), maskedPaths: ["/proc/kcore"])
        let bytes = try OCIJSON.encode(spec)
        #expect(try OCIJSON.decode(Spec.self, from: bytes) == spec)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("mounts"))
        #expect(text.contains("18446744073709551615"))
        #expect(text.contains("\"/proc/kcore\""))
    }

    @Test("an empty set's members are empty objects and required arrays are written when empty")
    func images() throws {
        let configuration = ImageConfiguration(
            architecture: "amd64", os: "linux", config: ImageConfig(exposedPorts: ["80/tcp": EmptyObject()]),
            rootfs: RootFS())
        let text = String(decoding: try OCIJSON.encode(configuration), as: UTF8.self)
        #expect(text.contains(#""ExposedPorts":{"80/tcp":{}}"#))
        #expect(text.contains(#""diff_ids":[]"#))
    }

    @Test(
        "an error names the field",
        arguments: [
            (#"{"ociVersion":"1"}x"#, "invalid JSON at byte 18: text follows the value"),
            (#"{"process":{"cwd":"/"}}"#, "ociVersion: the field is required"),
            (#"{"ociVersion":"1","process":{"cwd":7}}"#, "process.cwd: expected a string, found int"),
            (#"{"ociVersion":"1","mounts":[{"destination":"/a"},{}]}"#, "mounts[1].destination: the field is required"),
            (
                #"{"ociVersion":"1","mounts":[{"destination":"/a","options":["ro",1]}]}"#,
                "mounts[0].options[1]: expected a string, found int"
            ),
            (
                #"{"ociVersion":"1","linux":{"resources":{"pids":{"limit":9223372036854775808}}}}"#,
                "linux.resources.pids.limit: the integer is not in -9223372036854775808…9223372036854775807"
            ),
        ])
    func errors(_ text: String, _ message: String) {
        do {
            _ = try decode(Spec.self, text)
            Issue.record("accepted \(text)")
        } catch {
            #expect("\(error)" == message)
        }
    }

    @Test(
        "bad texts are refused",
        arguments: [
            "", "{", "[1,]", "{\"a\":1,}", "nul", "\"\\u0000\"", "18446744073709551616", "-9223372036854775809",
            String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
        ])
    func refuses(_ text: String) {
        #expect(throws: (any Error).self) { try decode([String: [Int]].self, "{\"k\":\(text)}") }
    }

    @Test("integers of 64 bits are exact", arguments: ["18446744073709551615", "9223372036854775807", "0"])
    func integers(_ text: String) throws {
        #expect(try decode([UInt64].self, "[\(text)]").first.map { "\($0)" } == text)
    }

    @Test("a document that is a manifest and an index is refused")
    func ambiguous() {
        let descriptor = #"{"mediaType":"m","digest":"sha256:0","size":1}"#
        let text = #"{"schemaVersion":2,"config":\#(descriptor),"layers":[],"manifests":[]}"#
        #expect(throws: (any Error).self) { try decode(Manifest.self, text) }
        #expect(throws: (any Error).self) { try decode(Index.self, text) }
    }
}
