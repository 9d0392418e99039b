import Shim
import Testing

@Suite struct LocalLogEncoderTests {
    /// One entry as Docker's reader takes it apart.
    private struct Entry: Equatable {
        var source = ""
        var time: UInt64 = 0
        var line: [UInt8] = []
        var isPartial = false
        var isLast = false
        var identifier = ""
        var ordinal: UInt64 = 0
    }

    private func number(_ bytes: inout ArraySlice<UInt8>) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = bytes.popFirst() {
            result |= UInt64(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        return result
    }

    private func text(_ bytes: inout ArraySlice<UInt8>) -> [UInt8] {
        let count = Int(number(&bytes))
        defer { bytes = bytes.dropFirst(count) }
        return Array(bytes.prefix(count))
    }

    private func entry(_ message: ArraySlice<UInt8>) -> Entry {
        var entry = Entry()
        var rest = message
        while let tag = rest.popFirst() {
            switch tag {
            case 0x0A: entry.source = String(decoding: text(&rest), as: UTF8.self)
            case 0x10: entry.time = number(&rest)
            case 0x1A: entry.line = text(&rest)
            case 0x20: entry.isPartial = number(&rest) == 1
            case 0x2A:
                var metadata = text(&rest)[...]
                while let tag = metadata.popFirst() {
                    switch tag {
                    case 0x08: entry.isLast = number(&metadata) == 1
                    case 0x12: entry.identifier = String(decoding: text(&metadata), as: UTF8.self)
                    case 0x18: entry.ordinal = number(&metadata)
                    default: Issue.record("unknown metadata \(tag)")
                    }
                }
            default: Issue.record("unknown field \(tag)")
            }
        }
        return entry
    }

    private func length(_ bytes: ArraySlice<UInt8>) -> Int { bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) } }

    private func encode(_ chunks: [[UInt8]], finish: Bool = false) -> [Entry] {
        var encoder = LocalLogEncoder(stream: "stdout")
        let output = ByteBuffer()
        for chunk in chunks { chunk.withUnsafeBytes { encoder.encode($0, nanoseconds: 1 << 60, into: output) } }
        if finish { encoder.finish(nanoseconds: 1 << 60, into: output) }
        var entries: [Entry] = []
        var rest = Array(output.contents)[...]
        while !rest.isEmpty {
            let size = length(rest)
            rest = rest.dropFirst(4)
            entries.append(entry(rest.prefix(size)))
            rest = rest.dropFirst(size)
            #expect(length(rest) == size)
            rest = rest.dropFirst(4)
        }
        return entries
    }

    @Test func `A line becomes an entry without its end`() {
        let entries = encode([Array("hello\n\nw".utf8), Array("orld\n".utf8)])
        #expect(entries.map(\.line) == [Array("hello".utf8), [], Array("world".utf8)])
        #expect(entries.first == Entry(source: "stdout", time: 1 << 60, line: Array("hello".utf8)))
        #expect(entries.allSatisfy { !$0.isPartial })
    }

    @Test func `An unfinished line is written at the end of the stream`() {
        #expect(encode([Array("ab".utf8)]).isEmpty)
        #expect(encode([Array("ab".utf8)], finish: true).map(\.line) == [Array("ab".utf8)])
    }

    @Test func `A long line becomes numbered pieces`() {
        let long = [UInt8](repeating: 0x61, count: 40_000)
        let entries = encode([Array(long[..<20_000]), Array(long[20_000...]) + [0x0A], Array("b\n".utf8)])
        #expect(entries.count == 4)
        #expect(entries.prefix(3).flatMap(\.line) == long)
        #expect(entries.map(\.isPartial) == [true, true, true, false])
        #expect(entries.map(\.isLast) == [false, false, true, false])
        #expect(entries.map(\.ordinal) == [1, 2, 3, 0])
        #expect(Set(entries.prefix(3).map(\.identifier)).count == 1)
        #expect(entries.first?.identifier.isEmpty == false)
    }
}
