import Glibc
import LinuxSystem
import Shim
import Testing

@Suite struct LogFileTests {
    private func withDirectory(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/skiff-log-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError(operation: "mkdtemp", errno: errno) }
        let directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer {
            for name in (try? File.names(in: directory)) ?? [] { unlink("\(directory)/\(name)") }
            rmdir(directory)
        }
        try body(directory)
    }

    private func write(_ text: String, to log: LogFile) { Array(text.utf8).withUnsafeBytes { log.write($0) } }

    @Test func `A full file is rotated between records and no record is lost`() throws {
        try withDirectory { directory in
            let destination = try LogDestination(parsing: "json-file://\(directory)/log?max-size=20&max-file=3")
            let log = try LogFile(destination) { Issue.record("\($0)") }
            write("record 1\nrecord 2\nrecord 3\nrecord 4\n", to: log)
            write("record 5\nrecord 6\nrecord 7\n", to: log)
            #expect(try File.readText("\(directory)/log") == "record 7\n")
            #expect(try File.readText("\(directory)/log.1") == "record 4\nrecord 5\nrecord 6\n")
            #expect(try File.readText("\(directory)/log.2") == "record 1\nrecord 2\nrecord 3\n")
        }
    }

    @Test func `With one file the log begins anew`() throws {
        try withDirectory { directory in
            let destination = try LogDestination(parsing: "json-file://\(directory)/log?max-size=5")
            let log = try LogFile(destination) { Issue.record("\($0)") }
            write("aaaaaa\n", to: log)
            write("b\n", to: log)
            #expect(try File.readText("\(directory)/log") == "b\n")
            #expect(try File.names(in: directory) == ["log"])
        }
    }

    @Test func `What a log is not known to do is refused`() {
        for uri in ["syslog://x", "json-file://relative", "json-file:///x?max-size=abc", "json-file:///x?shred=1"] {
            #expect(throws: ShimError.self) { try LogDestination(parsing: uri) }
        }
    }

    @Test func `Sizes have Docker's suffixes`() throws {
        let destination = try LogDestination(parsing: "json-file:///a%20b?max-size=10m&max-file=3")
        #expect(destination.path == "/a b")
        #expect(destination.maximumSize == 10 << 20)
        #expect(destination.maximumFiles == 3)
    }
}
