import NIOCore

/// How a log's entries are sent: framed by stream, or bare for a terminal's.
struct LogFormat: Sendable {
    let terminal: Bool
    let timestamps: Bool

    func encode(_ entry: LogEntry) -> ByteBuffer {
        let prefix = timestamps ? Array("\(entry.time) ".utf8) : []
        let length = prefix.count + entry.message.count
        var buffer = ByteBuffer()
        buffer.reserveCapacity(length + 8)
        if !terminal {
            buffer.writeInteger(entry.stream.rawValue)
            buffer.writeRepeatingByte(0, count: 3)
            buffer.writeInteger(UInt32(clamping: length))
        }
        buffer.writeBytes(prefix)
        buffer.writeBytes(entry.message)
        return buffer
    }
}
