import LinuxSystem
import OCIRuntime
import Testing

@Suite("The command line")
struct CommandLineTests {
    private func arranged(_ command: String, _ words: String...) throws -> Arguments {
        var arguments = Arguments(words)
        let syntax = try CommandSyntax.named(command)
        let asksForHelp = try arguments.arrange(by: syntax)
        #expect(!asksForHelp)
        return arguments
    }

    @Test("Flags may stand behind the arguments")
    func flagsBehind() throws {
        var arguments = try arranged("kill", "id", "KILL", "--all")
        let (flag, isOn, end) = try (arguments.nextFlag(), arguments.isOn(), arguments.nextFlag())
        let words = arguments.remaining()
        #expect(flag == "--all" && isOn && end == nil)
        #expect(words == ["id", "KILL"])
    }

    @Test("What follows the id of exec is the program's")
    func flagsOfAProgram() throws {
        var arguments = try arranged("exec", "-cwd=/tmp", "id", "ls", "--all", "--", "x")
        let (flag, value, end) = try (arguments.nextFlag(), arguments.value(), arguments.nextFlag())
        let words = arguments.remaining()
        #expect(flag == "--cwd" && value == "/tmp" && end == nil)
        #expect(words == ["id", "ls", "--all", "--", "x"])
    }

    @Test("A negative number behind an id is an argument")
    func negativeNumber() throws {
        var arguments = try arranged("kill", "id", "-9")
        let end = try arguments.nextFlag()
        let words = arguments.remaining()
        #expect(end == nil)
        #expect(words == ["id", "-9"])
    }

    @Test("Errors have Go's words")
    func errors() throws {
        func message(_ command: String, _ words: String...) throws -> String {
            var arguments = Arguments(words)
            let syntax = try CommandSyntax.named(command)
            do throws(RuntimeError) { _ = try arguments.arrange(by: syntax) } catch { return "\(error)" }
            return ""
        }
        let unknown = try message("state", "--bogus", "id")
        #expect(unknown == "flag provided but not defined: -bogus")
        let valueless = try message("create", "--bundle")
        #expect(valueless == "flag needs an argument: -bundle")
        let few = try message("state")
        #expect(few == "skiff-runtime: \"state\" requires exactly 1 argument(s)")
        let many = try message("kill", "a", "b", "c")
        #expect(many == "skiff-runtime: \"kill\" requires a maximum of 2 argument(s)")
    }

    @Test(
        "Durations are Go's",
        arguments: [("5s", 5_000_000_000), ("1m30s", 90_000_000_000), ("300ms", 300_000_000), ("-1s", -1_000_000_000)])
    func durations(text: String, nanoseconds: Int) {
        #expect(GoDuration(text)?.nanoseconds == Int64(nanoseconds))
    }

    @Test("What is no duration", arguments: ["", "5", "s", "1x", "1.2.3s"])
    func noDurations(text: String) {
        #expect(GoDuration(text) == nil)
    }

    @Test(
        "Sizes", arguments: [("64m", 67_108_864), ("1.5k", 1536), ("-1", -1), ("2MiB", 2_097_152), ("10b", 10)])
    func sizes(text: String, bytes: Int) {
        #expect(ByteCount.parse(text) == Int64(bytes))
    }

    @Test("What is no size", arguments: ["", "m", "-2", "1x", "99999999999999t"])
    func noSizes(text: String) {
        #expect(ByteCount.parse(text) == nil)
    }

    @Test("Signals", arguments: [("KILL", 9), ("sigterm", 15), ("10", 10), ("SIGRTMIN+2", 36), ("RTMAX", 64)])
    func signals(text: String, number: Int) {
        #expect(SignalName.number(of: text) == Int32(number))
    }

    @Test("What is no signal", arguments: ["", "SIG", "RTMIN1", "RTMIN+31", "RTMIN+2147483647", "RTMAX+1", "KILLS"])
    func noSignals(text: String) {
        #expect(SignalName.number(of: text) == nil)
    }

    @Test("Text of a log is quoted where it is more than a word")
    func quoting() {
        #expect(RuntimeLog.quoted("EOF") == "EOF")
        #expect(RuntimeLog.quoted("a \"b\"\n") == "\"a \\\"b\\\"\\n\"")
    }

    @Test("Cgroups of exec by controller")
    func subCgroups() throws {
        let one = try SubCgroups.parse(["a"])
        #expect(one == ["": "a"])
        let several = try SubCgroups.parse(["cpu,memory:a", "pids:b"])
        #expect(several == ["cpu": "a", "memory": "a", "pids": "b"])
        #expect(throws: RuntimeError.self) { _ = try SubCgroups.parse(["a", "b"]) }
    }
}
