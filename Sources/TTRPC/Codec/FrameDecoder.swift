/// Cuts a byte stream into frames. Holds no more than one frame and what was received behind it.
public struct FrameDecoder: Sendable {
    /// What ``next()`` found.
    public enum Element: Equatable, Sendable {
        case frame(Frame)
        /// A header announced more than ``Frame/maximumPayload``; its payload is being discarded.
        case oversized(stream: UInt32, kind: Frame.Kind, length: Int)
    }

    private var buffer: [UInt8] = []
    private var start = 0
    private var toDiscard = 0

    /// An empty decoder at the start of a connection.
    public init() {}

    /// Whether the stream stands at a frame boundary, so that its end here is a clean one.
    public var isAtBoundary: Bool { start == buffer.count && toDiscard == 0 }

    /// Takes received bytes.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        let skipped = min(toDiscard, bytes.count)
        toDiscard -= skipped
        guard skipped < bytes.count else { return }
        compact()
        buffer.append(contentsOf: bytes[skipped...])
    }

    /// The next whole frame, or `nil` when more bytes are needed.
    public mutating func next() -> Element? {
        guard buffer.count - start >= Frame.headerLength else { return nil }
        let length = Int(bigEndian(at: start))
        let stream = bigEndian(at: start + 4)
        let kind = Frame.Kind(rawValue: buffer[start + 8])
        let flags = Frame.Flags(rawValue: buffer[start + 9])
        let body = start + Frame.headerLength
        guard length <= Frame.maximumPayload else {
            let available = min(length, buffer.count - body)
            start = body + available
            toDiscard = length - available
            return .oversized(stream: stream, kind: kind, length: length)
        }
        guard buffer.count - body >= length else { return nil }
        start = body + length
        return .frame(Frame(stream: stream, kind: kind, flags: flags, payload: Array(buffer[body..<start])))
    }

    private mutating func compact() {
        if start == buffer.count {
            // A large message's buffer is not kept for the small ones that follow.
            buffer.removeAll(keepingCapacity: buffer.capacity <= 64 << 10)
        } else if start > 0 {
            buffer.removeSubrange(..<start)
        }
        start = 0
    }

    private func bigEndian(at index: Int) -> UInt32 {
        buffer[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
