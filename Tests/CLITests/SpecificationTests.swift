import CLI
import Testing

@Suite struct SpecificationTests {
    @Test(
        "published ports are read as docker reads them",
        arguments: [
            ("80", ["::80/tcp"]),
            ("8080:80", [":8080:80/tcp"]),
            ("127.0.0.1:8080:80/udp", ["127.0.0.1:8080:80/udp"]),
            ("127.0.0.1::80", ["127.0.0.1::80/tcp"]),
            ("[::1]:8080:80", ["::1:8080:80/tcp"]),
            ("8000-8001:80-81", [":8000:80/tcp", ":8001:81/tcp"]),
            ("8000-8010:80", [":8000-8010:80/tcp"]),
            ("published=8080,target=80,protocol=udp", [":8080:80/udp"]),
        ])
    func ports(text: String, expected: [String]) throws {
        let ports = try PortSpecification.parse(text)
        #expect(ports.map { "\($0.hostIP):\($0.hostPort):\($0.key)" } == expected)
    }

    @Test(
        "wrong ports are said in docker's words",
        arguments: [
            ("x:y:z:a", "invalid IP address: x:y"),
            ("99999:80", "invalid hostPort: 99999"),
            ("80:99999", "invalid containerPort: 99999"),
            ("80:80/foo", "invalid proto: foo"),
            ("80-82:80-81", "invalid ranges specified for container and host Ports: 80-81 and 80-82"),
        ])
    func wrongPorts(text: String, message: String) {
        let failure = #expect(throws: CommandFailure.self) { try PortSpecification.parse(text) }
        #expect(failure?.message == message)
    }

    @Test("environment files take names from the environment and skip comments")
    func environmentFile() throws {
        let lines = try EnvironmentVariables.parse(
            file: "f", content: Array("A=1\n#c\n  B=2 3\nHOME\nNOPE\n\nC=\n".utf8), environment: ["HOME": "/root"])
        #expect(lines == ["A=1", "B=2 3", "HOME=/root", "C="])
    }

    @Test(
        "wrong lines of an environment file are said with the file",
        arguments: [
            ("A B=1", "invalid env file (f): variable 'A B' contains whitespaces"),
            ("=1", "invalid env file (f): no variable name on line '=1'"),
        ])
    func wrongEnvironmentFile(content: String, message: String) {
        let failure = #expect(throws: CommandFailure.self) {
            try EnvironmentVariables.parse(file: "f", content: Array(content.utf8), environment: [:])
        }
        #expect(failure?.message == message)
    }

    @Test(
        "sizes are in powers of 1024",
        arguments: [("64m", 67_108_864), ("1.5GiB", 1_610_612_736), ("10", 10), ("3 kB", 3072), ("7b", 7)]
            as [(String, Int64)])
    func sizes(text: String, bytes: Int64) {
        #expect(ByteSize.parse(text) == bytes)
    }

    @Test("what is no size is refused", arguments: ["x", "", "-1m", "1mm", "1xb", "m"])
    func wrongSizes(text: String) {
        #expect(ByteSize.parse(text) == nil)
    }

    @Test(
        "durations are read as Go's",
        arguments: [("1h30m", 5_400_000_000_000), ("250ms", 250_000_000), ("-1.5s", -1_500_000_000), ("0", 0)]
            as [(String, Int64)])
    func durations(text: String, nanoseconds: Int64) {
        #expect(GoDuration.parse(text) == nanoseconds)
    }

    @Test("what is no duration is refused", arguments: ["", "5", "1x", "s"])
    func wrongDurations(text: String) {
        #expect(GoDuration.parse(text) == nil)
    }

    @Test("a mount becomes the engine's document")
    func mount() throws {
        let mount = try MountSpecification.parse("type=bind,src=/a,dst=/b,ro,bind-propagation=rslave")
        #expect(
            mount.encoded
                == #"{"Type":"bind","Source":"/a","Target":"/b","ReadOnly":true,"BindOptions":{"Propagation":"rslave"}}"#
        )
    }

    @Test(
        "wrong mounts are said in docker's words",
        arguments: [
            ("x", "invalid field 'x' must be a key=value pair"),
            ("type=bind,src=/x", "target is required"),
            ("foo=bar", "unexpected key 'foo' in 'foo=bar'"),
        ])
    func wrongMounts(text: String, reason: String) {
        let error = #expect(throws: FlagValueError.self) { try MountSpecification.parse(text) }
        #expect(error?.reason == reason)
    }

    @Test(
        "image names are completed",
        arguments: [
            ("busybox", "busybox:latest", "docker.io/library/busybox:latest"),
            ("foo/bar:1", "foo/bar:1", "docker.io/foo/bar:1"),
            ("localhost:5000/x", "localhost:5000/x:latest", "localhost:5000/x:latest"),
            ("docker.io/library/a", "a:latest", "docker.io/library/a:latest"),
        ])
    func imageNames(text: String, familiar: String, canonical: String) throws {
        let name = try ImageName(parsing: text)
        #expect(name.familiar == familiar)
        #expect(name.canonical == canonical)
    }

    @Test("wrong image names are refused", arguments: ["", "Foo", "a//b", "a:", "a@sha256:1", "-a"])
    func wrongImageNames(text: String) {
        #expect(throws: CommandFailure.self) { try ImageName(parsing: text) }
    }

    @Test("hosts, limits and devices are checked")
    func others() throws {
        #expect(try HostSpecification.check("a=1.2.3.4") == "a:1.2.3.4")
        #expect(try HostSpecification.check("a:host-gateway") == "a:host-gateway")
        #expect(throws: FlagValueError("bad format for add-host: \"x\"")) { try HostSpecification.check("x") }
        #expect(try UlimitSpecification.parse("nofile=5").encoded == #"{"Name":"nofile","Soft":5,"Hard":5}"#)
        #expect(throws: FlagValueError("invalid ulimit type: foo")) { try UlimitSpecification.parse("foo=1") }
        #expect(throws: CommandFailure("x is not an absolute path")) { try DeviceSpecification.parse("x") }
        #expect(try DeviceSpecification.parse("/dev/a:rw")["CgroupPermissions"] == "rw")
    }
}
