internal import Glibc

/// Turns what one stream of a container prints into the entries of Docker's `local` format: a Protobuf message
/// (source 1, nanoseconds 2, line 3, partial 4, its metadata 5) between two copies of its length, four bytes each, big
/// endian.
///
/// A line stands without its end. One longer than 16 KiB becomes several entries with the same identifier; an
/// unfinished line waits for its end, or for the end of the stream.
package struct LocalLogEncoder {
    /// The longest text of an entry, in bytes.
    package static let longestLine = 16 << 10

    private let source: StaticString
    private var partial: [UInt8] = []
    /// The pieces of the line under way that are written already.
    private var pieces: UInt64 = 0
    private var identifier: [UInt8] = []

    /// An encoder for the stream with this name, `stdout` or `stderr`.
    package init(stream: StaticString) { source = stream }

    /// Appends the entries that `chunk` completes to `output`.
    package mutating func encode(_ chunk: UnsafeRawBufferPointer, nanoseconds: Int64, into output: ByteBuffer) {
        guard let base = chunk.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        var start = 0
        while start < chunk.count {
            let rest = chunk.count - start
            let newline = memchr(base + start, 0x0A, rest)
            let length = newline.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) - start } ?? rest
            line(UnsafeBufferPointer(start: base + start, count: length), newline != nil, nanoseconds, output)
            start += length + (newline == nil ? 0 : 1)
        }
    }

    /// Appends an entry for an unfinished line at the end of the stream.
    package mutating func finish(nanoseconds: Int64, into output: ByteBuffer) {
        guard !partial.isEmpty else { return }
        flush(isLast: true, nanoseconds, output)
    }

    private mutating func line(
        _ piece: UnsafeBufferPointer<UInt8>, _ isComplete: Bool, _ nanoseconds: Int64, _ output: ByteBuffer
    ) {
        if partial.isEmpty, pieces == 0, isComplete, piece.count <= LocalLogEncoder.longestLine {
            entry(piece, isPartial: false, isLast: false, nanoseconds, output)
            return
        }
        partial.append(contentsOf: piece)
        while partial.count > LocalLogEncoder.longestLine { flush(isLast: false, nanoseconds, output) }
        if isComplete { flush(isLast: true, nanoseconds, output) }
    }

    /// Writes the next piece of the line under way.
    private mutating func flush(isLast: Bool, _ nanoseconds: Int64, _ output: ByteBuffer) {
        let isPartial = pieces > 0 || !isLast
        if isPartial, pieces == 0 { identifier = LocalLogEncoder.newIdentifier() }
        pieces += 1
        let count = min(partial.count, LocalLogEncoder.longestLine)
        partial.withUnsafeBufferPointer {
            entry(
                UnsafeBufferPointer(rebasing: $0[..<count]), isPartial: isPartial, isLast: isLast, nanoseconds, output)
        }
        if count == partial.count { partial = [] } else { partial.removeSubrange(..<count) }
        if isLast { pieces = 0 }
    }

    private static func newIdentifier() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in
            let digit = UInt8(generator.next(upperBound: UInt(16)))
            return digit < 10 ? 0x30 + digit : 0x57 + digit
        }
    }

    // MARK: Protobuf

    private func entry(
        _ text: UnsafeBufferPointer<UInt8>, isPartial: Bool, isLast: Bool, _ nanoseconds: Int64, _ output: ByteBuffer
    ) {
        let time = UInt64(bitPattern: nanoseconds)
        let metadata = isPartial ? (isLast ? 2 : 0) + 2 + identifier.count + 1 + length(of: pieces) : 0
        let size =
            2 + source.utf8CodeUnitCount + 1 + length(of: time) + 1 + length(of: UInt64(text.count)) + text.count
            + (isPartial ? 2 + 2 + metadata : 0)
        output.reserve(size + 8)
        putLength(size, output)
        output.put(0x0A)
        output.put(UInt8(source.utf8CodeUnitCount))
        output.put(source.utf8Start, source.utf8CodeUnitCount)
        output.put(0x10)
        put(time, output)
        output.put(0x1A)
        put(UInt64(text.count), output)
        if let base = text.baseAddress { output.put(base, text.count) }
        if isPartial { putMetadata(metadata, isLast, output) }
        putLength(size, output)
    }

    private func putMetadata(_ size: Int, _ isLast: Bool, _ output: ByteBuffer) {
        output.put(0x20)
        output.put(1)
        output.put(0x2A)
        output.put(UInt8(size))
        if isLast {
            output.put(0x08)
            output.put(1)
        }
        output.put(0x12)
        output.put(UInt8(identifier.count))
        identifier.withUnsafeBufferPointer { if let base = $0.baseAddress { output.put(base, $0.count) } }
        output.put(0x18)
        put(pieces, output)
    }

    private func putLength(_ length: Int, _ output: ByteBuffer) {
        for shift in [24, 16, 8, 0] { output.put(UInt8(truncatingIfNeeded: length >> shift)) }
    }

    private func put(_ number: UInt64, _ output: ByteBuffer) {
        var rest = number
        while rest >= 0x80 {
            output.put(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.put(UInt8(rest))
    }

    /// How many bytes a number takes.
    private func length(of number: UInt64) -> Int { max(1, (70 - number.leadingZeroBitCount) / 7) }
}
