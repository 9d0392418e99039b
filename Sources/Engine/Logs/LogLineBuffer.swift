import Glibc

/// Cuts what is read of a log into lines. A line that is longer than any entry can be is dropped.
struct LogLineBuffer {
    /// 16 KiB of message, each byte written as six, and as much again for attributes.
    static let lineLimit = 256 << 10

    private var pending: [UInt8] = []
    private var isDropping = false

    /// Calls the body with each line that ended, without its line feed.
    mutating func append(_ chunk: UnsafeRawBufferPointer, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var bytes = UnsafeBufferPointer(rebasing: chunk.bindMemory(to: UInt8.self)[...])
        while let start = bytes.baseAddress, let lineFeed = memchr(start, 0x0a, bytes.count) {
            let length = UnsafeRawPointer(lineFeed) - UnsafeRawPointer(start)
            let piece = UnsafeBufferPointer(rebasing: bytes[..<length])
            if isDropping {
                isDropping = false
            } else if pending.isEmpty {
                body(piece)
            } else {
                pending.append(contentsOf: piece)
                pending.withUnsafeBufferPointer(body)
            }
            pending.removeAll(keepingCapacity: true)
            bytes = UnsafeBufferPointer(rebasing: bytes[(length + 1)...])
        }
        guard !isDropping else { return }
        pending.append(contentsOf: bytes)
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
