import NIOCore

/// How a log's entries are sent: framed by stream, or bare for a terminal's.
struct LogFormat: Sendable {
    let terminal: Bool
    let timestamps: Bool

    func encode(_ entries: [LogEntry]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(entries.reduce(0) { $0 + $1.message.count + 48 })
        for entry in entries { write(entry, to: &buffer) }
        return buffer
    }

    private func write(_ entry: LogEntry, to buffer: inout ByteBuffer) {
        let prefix = timestamps ? Array("\(entry.time) ".utf8) : []
        let length = prefix.count + entry.message.count
        if !terminal {
            buffer.writeInteger(entry.stream.rawValue)
            buffer.writeRepeatingByte(0, count: 3)
            buffer.writeInteger(UInt32(clamping: length))
        }
        buffer.writeBytes(prefix)
        buffer.writeBytes(entry.message)
    }
}
