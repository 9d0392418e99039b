import CLI
import Testing

@Suite struct FlagSetTests {
    private let flags = FlagSet(
        [
            .bool("interactive", "i", "Keep STDIN open"),
            .bool("tty", "t", "Allocate a terminal"),
            .bool("rm", nil, "Remove"),
            .bool("sig-proxy", nil, "Proxy signals", default: true),
            .string("name", "n", "Name"),
            .list("publish", "p", "Publish"),
            .list("env", "e", "Environment", check: FlagChecks.environment),
            .bytes("memory", "m", "Memory limit"),
            .int("tail", nil, "Lines"),
        ], interspersed: false)

    @Test("letters may stand together, the last one with its value attached")
    func clusters() throws {
        let parsed = try flags.parse(["-itp8080:80", "-p=81:81", "-n", "web", "image"])
        #expect(parsed.flags.bool("interactive") && parsed.flags.bool("tty"))
        #expect(parsed.flags.list("publish") == ["8080:80", "81:81"])
        #expect(parsed.flags.string("name") == "web")
        #expect(parsed.arguments == ["image"])
    }

    @Test("flags after the first argument belong to the command")
    func stopsAtFirstArgument() throws {
        let parsed = try flags.parse(["--rm", "image", "ls", "-l", "--rm=x"])
        #expect(parsed.arguments == ["image", "ls", "-l", "--rm=x"])
    }

    @Test("flags may follow arguments where a command allows it")
    func interspersed() throws {
        let parsed = try FlagSet(flags.flags).parse(["web", "-i", "--", "-t"])
        #expect(parsed.flags.bool("interactive"))
        #expect(!parsed.flags.bool("tty"))
        #expect(parsed.arguments == ["web", "-t"])
    }

    @Test("switches take values after an equals sign only")
    func switches() throws {
        let parsed = try flags.parse(["--rm=false", "--sig-proxy=0", "-t=true", "image"])
        #expect(!parsed.flags.bool("rm"))
        #expect(!parsed.flags.bool("sig-proxy", default: true))
        #expect(parsed.flags.bool("tty"))
        #expect(parsed.arguments == ["image"])
    }

    @Test("a flag given twice keeps its last value, a list keeps all")
    func repetition() throws {
        let parsed = try flags.parse(["--name", "a", "--name=b", "-e", "A=1", "--env", "B"])
        #expect(parsed.flags.string("name") == "b")
        #expect(parsed.flags.list("env") == ["A=1", "B"])
    }

    @Test("help is seen wherever flags are, and -h means it where no flag has that letter")
    func help() throws {
        #expect(try flags.parse(["--rm", "--help", "--nosuch"]).help == .asked)
        #expect(try flags.parse(["-h"]).help == .askedByLetter)
        #expect(try flags.parse(["image", "--help"]).help == .no)
    }

    @Test(
        "wrong flags are said in pflag's words",
        arguments: [
            (["--foo"], "unknown flag: --foo"),
            (["-Zx"], "unknown shorthand flag: 'Z' in -Zx"),
            (["-iZ"], "unknown shorthand flag: 'Z' in -Z"),
            (["--name"], "flag needs an argument: --name"),
            (["-n"], "flag needs an argument: 'n' in -n"),
            (["--=x"], "bad flag syntax: --=x"),
            (["--rm=x"], #"invalid argument "x" for "--rm" flag: strconv.ParseBool: parsing "x": invalid syntax"#),
            (["-m", "x"], #"invalid argument "x" for "-m, --memory" flag: invalid size: 'x'"#),
            (["--tail=x"], #"invalid argument "x" for "--tail" flag: strconv.ParseInt: parsing "x": invalid syntax"#),
            (["-e", "=x"], #"invalid argument "=x" for "-e, --env" flag: invalid environment variable: =x"#),
        ])
    func errors(commandLine: [String], message: String) {
        let error = #expect(throws: FlagError.self) { try flags.parse(commandLine) }
        #expect(error?.description == message)
    }

    @Test("help is laid out in two columns and wrapped")
    func usage() {
        let text = FlagSet([
            .bool("read-only", nil, "Mount the container's root filesystem as read only"),
            .bytes("memory", "m", "Memory limit"),
            .string("pull", nil, "Pull image before running (\"always\", \"missing\", \"never\")", default: "missing"),
        ]).usage(width: 59)
        #expect(
            text == """
                  -m, --memory bytes   Memory limit
                      --pull string    Pull image before running
                                       ("always", "missing", "never")
                                       (default "missing")
                      --read-only      Mount the container's root
                                       filesystem as read only

                """)
    }
}
