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

    /// A compressor that the test lets finish.
    private final class Compression {
        var finish: [(Bool) -> Void] = []

        var compressor: LogCompressor {
            LogCompressor { source, target, completion in
                var byte: UInt8 = 0
                while read(source, &byte, 1) == 1 { Glibc.write(target, &byte, 1) }
                self.finish.append(completion)
            }
        }
    }

    @Test func `Rotated files are compressed one by one while writing goes on`() throws {
        try withDirectory { directory in
            let uri = "json-file://\(directory)/log?max-size=5&max-file=4&compress=true"
            let compression = Compression()
            let log = try LogFile(LogDestination(parsing: uri), compressor: compression.compressor) {
                Issue.record("\($0)")
            }
            write("11111\n22222\n33333\n", to: log)
            #expect(compression.finish.count == 1)
            compression.finish[0](true)
            #expect(try File.names(in: directory).sorted() == ["log", "log.1", "log.2", "log.3.gz", "log.gz.tmp"])
            compression.finish[1](true)
            compression.finish[2](true)
            #expect(compression.finish.count == 3)
            #expect(try File.names(in: directory).sorted() == ["log", "log.1.gz", "log.2.gz", "log.3.gz"])
            #expect(try File.readText("\(directory)/log.1.gz") == "33333\n")
            #expect(try File.readText("\(directory)/log.3.gz") == "11111\n")
            write("44444\n", to: log)
            compression.finish[3](true)
            #expect(try File.names(in: directory).sorted() == ["log", "log.1.gz", "log.2.gz", "log.3.gz"])
            #expect(try File.readText("\(directory)/log.3.gz") == "22222\n")
        }
    }

    @Test func `A file that is dropped while it is compressed stays dropped`() throws {
        try withDirectory { directory in
            let uri = "json-file://\(directory)/log?max-size=5&max-file=2&compress=true"
            let compression = Compression()
            let log = try LogFile(LogDestination(parsing: uri), compressor: compression.compressor) {
                Issue.record("\($0)")
            }
            write("11111\n22222\n", to: log)
            compression.finish[0](true)
            #expect(try File.readText("\(directory)/log.1") == "22222\n")
            compression.finish[1](true)
            #expect(try File.names(in: directory).sorted() == ["log", "log.1.gz"])
        }
    }

    @Test func `Where compression fails the files stay`() throws {
        try withDirectory { directory in
            let uri = "json-file://\(directory)/log?max-size=5&max-file=3&compress=true"
            let compression = Compression()
            var reports = 0
            let log = try LogFile(LogDestination(parsing: uri), compressor: compression.compressor) { _ in
                reports += 1
            }
            write("11111\n", to: log)
            compression.finish[0](false)
            write("22222\n", to: log)
            #expect(reports == 1)
            #expect(try File.names(in: directory).sorted() == ["log", "log.1", "log.2"])
        }
    }

    @Test func `The local format is rotated between entries`() throws {
        try withDirectory { directory in
            let destination = try LogDestination(parsing: "local://\(directory)/log?max-size=30&compress=false")
            let log = try LogFile(destination) { Issue.record("\($0)") }
            var encoder = LocalLogEncoder(stream: "stdout")
            let output = ByteBuffer()
            Array("one\ntwo\nthree\n".utf8).withUnsafeBytes { encoder.encode($0, nanoseconds: 1, into: output) }
            log.write(output.contents)
            let sizes = try ["log", "log.1"].map { try File.read("\(directory)/\($0)").count }
            #expect(sizes.reduce(0, +) == output.count)
            let first = try File.read("\(directory)/log.1")
            #expect(first.prefix(4) == [0, 0, 0, 15] && first.suffix(4) == [0, 0, 0, 15])
            #expect(first.count == 2 * 23)
        }
    }

    @Test func `Docker's defaults hold for the local format`() throws {
        let destination = try LogDestination(parsing: "local:///x")
        #expect(destination.maximumSize == 20 << 20)
        #expect(destination.maximumFiles == 5)
        #expect(destination.compresses)
        #expect(try LogDestination(parsing: "local:///x?max-size=-1&compress=0").maximumSize == nil)
        #expect(throws: ShimError.self) { try LogDestination(parsing: "local:///x?compress=maybe") }
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
