import CLI
import Testing

@Suite struct StreamTests {
    @Test("multiplexed output is taken apart wherever it is cut", arguments: [1, 3, 7, 64])
    func demultiplexing(size: Int) throws {
        let bytes: [UInt8] = [
            1, 0, 0, 0, 0, 0, 0, 2, 104, 105, 2, 0, 0, 0, 0, 0, 0, 1, 101, 1, 0, 0, 0, 0, 0, 0, 1, 33,
        ]
        var demultiplexer = StreamDemultiplexer()
        var output: [UInt8] = []
        var error: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            try demultiplexer.feed(bytes[start..<min(start + size, bytes.count)]) { stream, piece in
                if stream == .output { output += piece } else { error += piece }
            }
        }
        #expect(String(decoding: output, as: UTF8.self) == "hi!")
        #expect(String(decoding: error, as: UTF8.self) == "e")
    }

    @Test("a stream that is not multiplexed is refused")
    func unknownStream() {
        var demultiplexer = StreamDemultiplexer()
        #expect(throws: StreamDemultiplexer.Failure.unknownStream(104)) {
            try demultiplexer.feed(Array("hello there".utf8)[...]) { _, _ in }
        }
    }

    @Test("detach keys are found, and their beginnings are held back and passed on")
    func detachKeys() throws {
        var watcher = DetachKeyWatcher(.standard)
        #expect(watcher.feed([97, 16]) == ([97], false))
        #expect(watcher.feed([98]) == ([16, 98], false))
        #expect(watcher.feed([16, 16]) == ([16], false))
        #expect(watcher.feed([17, 99]) == ([], true))
    }

    @Test("detach keys are written as docker writes them")
    func detachKeyNames() {
        #expect(DetachKeySequence(parsing: "ctrl-a,x,ctrl-@,ctrl-_")?.bytes == [1, 120, 0, 31])
        #expect(DetachKeySequence(parsing: "foo") == nil)
        #expect(DetachKeySequence(parsing: "ctrl-1") == nil)
    }

    @Test("responses are read wherever they are cut", arguments: [1, 5, 1000])
    func responses(size: Int) throws {
        let text =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5\r\nhello\r\n1;x=y\r\n!\r\n0\r\n\r\n"
        let bytes = Array(text.utf8)
        var parser = HTTPResponseParser()
        var events: [HTTPResponseParser.Event] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            events += try parser.feed(bytes[start..<min(start + size, bytes.count)])
        }
        guard case .head(let head)? = events.first else {
            Issue.record("no head: \(events)")
            return
        }
        #expect(head.status == 200)
        #expect(head.header("api-version") == "1.51")
        let body = events.reduce(into: [UInt8]()) { if case .body(let piece) = $1 { $0 += piece } }
        #expect(String(decoding: body, as: UTF8.self) == "hello!")
        #expect(events.last == .end)
        #expect(parser.isDone)
    }

    @Test("an upgraded connection hands over what came with its head")
    func upgrade() throws {
        var parser = HTTPResponseParser()
        let head = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly"
        _ = try parser.feed(Array(head.utf8))
        #expect(String(decoding: parser.upgrade(), as: UTF8.self) == "early")
    }

    @Test("a response that breaks off is an error")
    func truncation() throws {
        var parser = HTTPResponseParser()
        _ = try parser.feed(Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab".utf8))
        #expect(throws: HTTPResponseParser.Failure.truncated) { try parser.finish() }
    }

    @Test("documents are cut out of a stream")
    func documents() throws {
        var splitter = JSONStreamSplitter()
        #expect(try splitter.feed(Array(#"{"a":"}\""}"#.utf8)) == [["a": "}\""]])
        #expect(try splitter.feed(Array("\r\n{\"b\":".utf8)).isEmpty)
        #expect(try splitter.feed(Array("1}\n{}".utf8)) == [["b": 1], [:]])
    }

    @Test("documents survive a round trip")
    func roundTrip() throws {
        let text = #"{"a":[1,-2.50,1e9,true,null],"b":"\"\\\n\u0001é😀"}"#
        #expect(try JSONParser.parse(text).encoded == text)
        #expect(try JSONParser.parse(#""\ud83d\ude00\/""#) == "😀/")
        #expect(throws: JSONParseError.self) { try JSONParser.parse("{\"a\":}") }
        #expect(throws: JSONParseError.self) { try JSONParser.parse(String(repeating: "[", count: 5000)) }
    }

    @Test("registry credentials are sent in the alphabet of URLs")
    func credentials() {
        let configuration = ClientConfiguration(
            document: ["auths": ["localhost:5000": ["auth": "dXNlcjpwYXNz"]]])
        let header = configuration.registryAuthentication(for: "localhost:5000").flatMap(Base64.decode)
        #expect(
            header.map { String(decoding: $0, as: UTF8.self) }
                == #"{"username":"user","password":"pass","serveraddress":"localhost:5000"}"#)
        #expect(configuration.registryAuthentication(for: "docker.io") == nil)
    }
}
