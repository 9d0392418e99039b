internal import Glibc

/// Turns what one stream of a container prints into lines of Docker's json-file format:
/// `{"log":"text\n","stream":"stdout","time":"2026-01-02T03:04:05.123456789Z"}`.
///
/// A line longer than 16 KiB becomes several records of which only the last ends in `\n`, as Docker splits it.
/// An unfinished line waits for its end, or for the end of the stream.
package struct JSONLogEncoder {
    /// The longest text of a record, in bytes.
    package static let longestLine = 16 << 10

    private let stream: StaticString
    private var partial: [UInt8] = []

    /// An encoder for the stream with this name, `stdout` or `stderr`.
    package init(stream: StaticString) { self.stream = stream }

    /// Appends the records that `chunk` completes to `output`.
    package mutating func encode(_ chunk: UnsafeRawBufferPointer, time: LogTimestamp, into output: ByteBuffer) {
        guard let base = chunk.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        var start = 0
        while start < chunk.count {
            let rest = chunk.count - start
            let newline = memchr(base + start, 0x0A, rest)
            let length = newline.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) - start + 1 } ?? rest
            line(UnsafeBufferPointer(start: base + start, count: length), newline != nil, time, output)
            start += length
        }
    }

    /// Appends a record for an unfinished line at the end of the stream.
    package mutating func finish(time: LogTimestamp, into output: ByteBuffer) {
        guard !partial.isEmpty else { return }
        partial.withUnsafeBufferPointer { record($0, time, output) }
        partial = []
    }

    private mutating func line(
        _ piece: UnsafeBufferPointer<UInt8>, _ isComplete: Bool, _ time: LogTimestamp, _ output: ByteBuffer
    ) {
        if partial.isEmpty, isComplete, piece.count <= JSONLogEncoder.longestLine {
            record(piece, time, output)
            return
        }
        partial.append(contentsOf: piece)
        var start = 0
        partial.withUnsafeBufferPointer { all in
            while all.count - start > JSONLogEncoder.longestLine {
                let end = JSONLogEncoder.boundary(in: all, atMost: start + JSONLogEncoder.longestLine)
                record(UnsafeBufferPointer(rebasing: all[start..<end]), time, output)
                start = end
            }
            if isComplete {
                record(UnsafeBufferPointer(rebasing: all[start...]), time, output)
                start = all.count
            }
        }
        if start == partial.count { partial = [] } else { partial.removeSubrange(..<start) }
    }

    /// The end of the last whole UTF-8 character before `limit`.
    private static func boundary(in bytes: UnsafeBufferPointer<UInt8>, atMost limit: Int) -> Int {
        var end = limit
        while end > limit - 3, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return bytes[end] & 0xC0 == 0x80 ? limit : end
    }

    private func record(_ text: UnsafeBufferPointer<UInt8>, _ time: LogTimestamp, _ output: ByteBuffer) {
        output.append("{\"log\":\"")
        JSONText.escape(text, into: output)
        output.append("\",\"stream\":\"")
        output.append(stream)
        output.append("\",\"time\":\"")
        time.append(to: output)
        output.append("\"}\n")
    }
}
