/// Cuts what is read of a log into lines. A line that is longer than any entry can be is dropped.
struct LogLineBuffer {
    /// 16 KiB of message, each byte written as six, and as much again for attributes.
    static let lineLimit = 256 << 10

    private var pending: [UInt8] = []
    private var isDropping = false

    /// Calls the body with each line that ended, without its line feed.
    mutating func append(_ chunk: UnsafeRawBufferPointer, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        let bytes = chunk.bindMemory(to: UInt8.self)
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let piece = UnsafeBufferPointer(rebasing: bytes[start..<end])
            if isDropping {
                isDropping = false
            } else if pending.isEmpty {
                body(piece)
            } else {
                pending.append(contentsOf: piece)
                pending.withUnsafeBufferPointer(body)
            }
            pending.removeAll(keepingCapacity: true)
            start = end + 1
        }
        guard !isDropping else { return }
        pending.append(contentsOf: bytes[start...])
        if pending.count > Self.lineLimit {
            pending = []
            isDropping = true
        }
    }

    /// The end of the file: gives what has no line feed, and starts anew.
    mutating func finish(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        if !pending.isEmpty { pending.withUnsafeBufferPointer(body) }
        pending = []
        isDropping = false
    }
}
