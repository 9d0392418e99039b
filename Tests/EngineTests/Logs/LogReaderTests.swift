import Engine
import Foundation
import Glibc
import Testing

@Suite(.timeLimit(.minutes(2))) struct LogReaderTests {
    private func line(_ number: Int, stream: String = "stdout", second: Int? = nil) -> String {
        let time = LogTimestamp(seconds: Int64(1_700_000_000 + (second ?? number)), nanoseconds: 5)
        return #"{"log":"line \#(number)\n","stream":"\#(stream)","time":"\#(time)"}"# + "\n"
    }

    private func lines(_ numbers: ClosedRange<Int>) -> String {
        numbers.map { line($0) }.joined()
    }

    private func append(_ text: String, to path: String) throws {
        let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw POSIXError(.EIO) }
        defer { close(file) }
        let bytes = Array(text.utf8)
        #expect(write(file, bytes, bytes.count) == bytes.count)
    }

    private func read(_ directory: TestDirectory, _ options: LogReaderOptions = LogReaderOptions()) async throws
        -> [Int]
    {
        var numbers: [Int] = []
        for try await entry in LogReader().read(path: directory.path + "/log", options: options) {
            numbers.append(try number(of: entry))
        }
        return numbers
    }

    private func number(of entry: LogEntry) throws -> Int {
        try #require(Int(String(decoding: entry.message, as: UTF8.self).dropFirst(5).dropLast()))
    }

    /// Three files, the oldest compressed: lines 1 to 300.
    private func rotated() throws -> TestDirectory {
        let directory = try TestDirectory()
        try directory.write(lines(1...100), to: "log.2")
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
        gzip.arguments = [directory.path + "/log.2"]
        try gzip.run()
        gzip.waitUntilExit()
        try directory.write(lines(101...200), to: "log.1")
        try directory.write(lines(201...300), to: "log")
        return directory
    }

    @Test("All entries are read in order over rotated and compressed files")
    func readsAll() async throws {
        #expect(try await read(rotated()) == Array(1...300))
    }

    @Test("A log that does not exist is empty")
    func missing() async throws {
        #expect(try await read(TestDirectory()) == [])
    }

    @Test("The last lines are found across rotated files", arguments: [0, 1, 99, 100, 101, 200, 250, 300, 1000])
    func tail(_ count: Int) async throws {
        let numbers = try await read(rotated(), LogReaderOptions(tail: count))
        #expect(numbers == Array((1...300).suffix(count)))
    }

    @Test("The last lines are found in a file of many blocks")
    func tailOfLargeFile() async throws {
        let directory = try TestDirectory()
        try directory.write(lines(1...20_000), to: "log")
        #expect(try await read(directory, LogReaderOptions(tail: 5000)) == Array(15_001...20_000))
    }

    @Test("Times and streams are selected")
    func selects() async throws {
        let directory = try TestDirectory()
        try directory.write((1...10).map { line($0, stream: $0 % 2 == 0 ? "stderr" : "stdout") }.joined(), to: "log")
        #expect(try await read(directory, LogReaderOptions(stderr: false)) == [1, 3, 5, 7, 9])
        let options = LogReaderOptions(
            since: LogTimestamp(seconds: 1_700_000_003, nanoseconds: 5), until: LogTimestamp(seconds: 1_700_000_008))
        #expect(try await read(directory, options) == [3, 4, 5, 6, 7])
    }

    @Test("A torn last line is left out, and one that was written on after a crash does not hide the next")
    func tornLines() async throws {
        let directory = try TestDirectory()
        try directory.write(line(1) + #"{"log":"torn"# + line(2) + "garbage\n" + line(3) + #"{"log":"half"#, to: "log")
        #expect(try await read(directory) == [1, 2, 3])
        try directory.write(line(1) + String(line(2).dropLast()), to: "log")
        #expect(try await read(directory) == [1, 2])
    }

    @Test("Pieces of a line are given as they are, escapes undone")
    func pieces() async throws {
        let directory = try TestDirectory()
        try directory.write(
            #"{"log":"a\u003cb\"\\\t\ud83d\ude00\ufffd","stream":"stderr","attrs":{"k":"v"},"time":"2024-02-29T23:59:59.5+01:00"}"#
                + "\n", to: "log")
        var entries: [LogEntry] = []
        for try await entry in LogReader().read(path: directory.path + "/log", options: LogReaderOptions()) {
            entries.append(entry)
        }
        let entry = try #require(entries.first)
        #expect(String(decoding: entry.message, as: UTF8.self) == "a<b\"\\\t😀\u{fffd}")
        #expect(entry.stream == .stderr)
        #expect(entry.time.description == "2024-02-29T22:59:59.500000000Z")
    }

    @Test("Following gives what is written later, and ends after the last line once the container stopped")
    func follows() async throws {
        let directory = try TestDirectory()
        let path = directory.path + "/log"
        try append(lines(1...3), to: path)
        let signal = LogStopSignal()
        var numbers: [Int] = []
        for try await entry in LogReader().read(path: path, options: LogReaderOptions(tail: 1, follow: signal)) {
            let number = try number(of: entry)
            numbers.append(number)
            if number < 10 { try append(line(number + 1), to: path) }
            if number == 10 {
                try append(line(11), to: path)
                signal.raise()
            }
        }
        #expect(numbers == Array(3...11))
    }

    @Test("Following waits for a log that does not exist yet, and for lines that come in pieces")
    func followsFromNothing() async throws {
        let directory = try TestDirectory()
        let path = directory.path + "/log"
        let signal = LogStopSignal()
        let reader = LogReader()
        let reading = Task {
            var numbers: [Int] = []
            for try await entry in reader.read(path: path, options: LogReaderOptions(follow: signal)) {
                numbers.append(try number(of: entry))
            }
            return numbers
        }
        let text = line(1)
        try append(String(text.prefix(20)), to: path)
        try append(String(text.dropFirst(20)) + line(2), to: path)
        signal.raise()
        #expect(try await reading.value == [1, 2])
    }

    @Test("Following loses nothing over rotations, however many pass between two reads")
    func followsOverRotation() async throws {
        let directory = try TestDirectory()
        let path = directory.path + "/log"
        try append(line(1), to: path)
        let signal = LogStopSignal()
        var numbers: [Int] = []
        for try await entry in LogReader().read(path: path, options: LogReaderOptions(follow: signal)) {
            let number = try number(of: entry)
            numbers.append(number)
            switch number {
            case 1:
                try append(line(2), to: path)
                #expect(rename(path, path + ".1") == 0)
                try append(line(3), to: path)
                #expect(rename(path + ".1", path + ".2") == 0)
                #expect(rename(path, path + ".1") == 0)
                try append(line(4), to: path)
            case 4:
                // The old file is compressed before its reader comes back to it.
                #expect(rename(path, path + ".1") == 0)
                let copy = try Data(contentsOf: URL(fileURLWithPath: path + ".1"))
                try copy.write(to: URL(fileURLWithPath: path + ".1"), options: .atomic)
                try append(line(5), to: path)
                signal.raise()
            default: break
            }
        }
        #expect(numbers == [1, 2, 3, 4, 5])
    }

    @Test("Following ends when its task is cancelled")
    func cancels() async throws {
        let directory = try TestDirectory()
        try directory.write(line(1), to: "log")
        let path = directory.path + "/log"
        let (started, report) = AsyncStream.makeStream(of: Void.self)
        let reading = Task {
            for try await _ in LogReader().read(path: path, options: LogReaderOptions(follow: LogStopSignal())) {
                report.yield()
            }
        }
        for await _ in started { break }
        reading.cancel()
        try await reading.value
    }

    @Test("Following ends at the time given as the last one")
    func untilEndsFollowing() async throws {
        let directory = try TestDirectory()
        try directory.write(line(1), to: "log")
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let until = LogTimestamp(seconds: Int64(now.tv_sec) + 1)
        #expect(try await read(directory, LogReaderOptions(until: until, follow: LogStopSignal())) == [1])
    }
}
