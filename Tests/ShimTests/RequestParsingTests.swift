import Shim
import Testing

@Suite struct RequestParsingTests {
    @Test func `The command line is containerd's`() throws {
        let arguments = try ShimArguments([
            "-namespace", "ns", "-id=c1", "--address", "/a.sock", "-publish-binary", "/bin/x", "-debug", "start",
        ])
        #expect(arguments.namespace == "ns")
        #expect(arguments.id == "c1")
        #expect(arguments.address == "/a.sock")
        #expect(arguments.isDebugging)
        #expect(arguments.command == .start)
        #expect(try ShimArguments(["-info"]).showsInfo)
        #expect(try ShimArguments(["-socket", "/x", "-id", "a", "delete"]).command == .delete)
        #expect(throws: ShimError.self) { try ShimArguments(["-nonsense", "1"]) }
        #expect(throws: ShimError.self) { try ShimArguments(["explode"]) }
    }

    @Test func `An attach client says what it wants in one line`() throws {
        let greeting = try AttachGreeting(line: Array(#"{"exec":"e1","stdin":true,"stdout":true}"#.utf8))
        #expect(greeting.exec == "e1")
        #expect(greeting.container.isEmpty)
        #expect(greeting.stdin)
        #expect(greeting.stdout)
        #expect(!greeting.stderr)
        #expect(throws: ShimError.self) { try AttachGreeting(line: Array("not json".utf8)) }
    }

    @Test func `Streams are FIFOs, files, logs or attach clients`() throws {
        let plan = try StdioPlan(
            terminal: false, stdin: "attach:?open=1&keep=1&width=80&height=24", stdout: "json-file:///l",
            stderr: "/fifo")
        #expect(plan.input == .attach(keep: true))
        #expect(plan.errors == .fifo("/fifo"))
        #expect(plan.width == 80)
        #expect(plan.allowsAttaching)
        #expect(throws: ShimError.self) { try StdioPlan(terminal: false, stdin: "", stdout: "gopher://x", stderr: "") }
    }

    @Test func `A logging program takes both streams`() throws {
        let uri = "binary:///bin/logger?key=a%20value"
        let plan = try StdioPlan(terminal: false, stdin: "", stdout: uri, stderr: uri)
        #expect(plan.output == .program(StreamURI(uri)))
        #expect(plan.errors == plan.output)
        #expect(!plan.allowsAttaching)
        #expect(try StdioPlan(terminal: true, stdin: "", stdout: uri, stderr: "").errors == .null)
        #expect(throws: ShimError.self) { try StdioPlan(terminal: false, stdin: "", stdout: "binary:x", stderr: "") }
    }

    @Test func `An exit status survives its file`() {
        let exit = ProcessExit(pid: 12, status: 137, seconds: 5, nanoseconds: 6)
        #expect(ProcessExit(parsing: exit.text) == exit)
        #expect(ProcessExit(parsing: "12 137") == nil)
    }
}
