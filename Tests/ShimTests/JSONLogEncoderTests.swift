import Shim
import Testing

@Suite struct JSONLogEncoderTests {
    private let time = LogTimestamp(seconds: 1_767_323_045, nanoseconds: 123_456_700)

    private func encode(_ chunks: [[UInt8]], finish: Bool = false) -> String {
        var encoder = JSONLogEncoder(stream: "stdout")
        let output = ByteBuffer()
        for chunk in chunks { chunk.withUnsafeBytes { encoder.encode($0, time: time, into: output) } }
        if finish { encoder.finish(time: time, into: output) }
        return String(decoding: output.contents, as: UTF8.self)
    }

    private func record(_ text: String) -> String {
        #"{"log":""# + text + #"","stream":"stdout","time":"2026-01-02T03:04:05.1234567Z"}"# + "\n"
    }

    @Test func `A line becomes a record with Go's time`() {
        #expect(encode([Array("hello\n".utf8)]) == record(#"hello\n"#))
    }

    @Test func `A whole second has no fraction`() {
        let output = ByteBuffer()
        var encoder = JSONLogEncoder(stream: "stderr")
        let whole = LogTimestamp(seconds: 0, nanoseconds: 0)
        Array("x\n".utf8).withUnsafeBytes { encoder.encode($0, time: whole, into: output) }
        let text = String(decoding: output.contents, as: UTF8.self)
        #expect(text == #"{"log":"x\n","stream":"stderr","time":"1970-01-01T00:00:00Z"}"# + "\n")
    }

    @Test func `Several lines of a chunk are several records`() {
        #expect(encode([Array("a\n\nb\n".utf8)]) == record(#"a\n"#) + record(#"\n"#) + record(#"b\n"#))
    }

    @Test func `An unfinished line waits for its end`() {
        #expect(encode([Array("ab".utf8)]).isEmpty)
        #expect(encode([Array("ab".utf8), Array("c\n".utf8)]) == record(#"abc\n"#))
        #expect(encode([Array("ab".utf8)], finish: true) == record("ab"))
    }

    @Test func `Special characters are escaped as Docker does`() {
        let text = encode([Array("\"\\<>&\t\u{1}\r\u{2028}é\u{7f}\n".utf8)])
        #expect(text == record(#"\"\\\u003c\u003e\u0026\u0009\u0001\r\u2028é"# + "\u{7f}" + #"\n"#))
    }

    @Test func `Bytes that are not UTF-8 become the replacement character`() {
        #expect(encode([[0x61, 0xFF, 0xC3, 0x28, 0xE2, 0x82, 0x0A]]) == record(#"a\ufffd\ufffd(\ufffd\ufffd\n"#))
        #expect(encode([[0xED, 0xA0, 0x80, 0x0A]]) == record(#"\ufffd\ufffd\ufffd\n"#))
    }

    @Test func `A long line is split at 16 KiB, never inside a character`() {
        let long = [UInt8](repeating: 0x61, count: 40_000) + [0x0A]
        let records = encode([long]).split(separator: "\n")
        #expect(records.count == 3)
        #expect(records.first?.count == record("").count - 1 + JSONLogEncoder.longestLine)
        #expect(records.last?.contains(#"a\n","stream""#) == true)
        let wide = [UInt8](repeating: 0x61, count: JSONLogEncoder.longestLine - 1) + Array("éé\n".utf8)
        #expect(!encode([wide]).contains("ufffd"))
    }
}
