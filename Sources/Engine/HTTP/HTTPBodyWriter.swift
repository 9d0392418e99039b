import EngineAPI
import FoundationEssentials
package import NIOCore

/// Writes the parts of a streamed response; each write waits until the client has taken it.
package struct HTTPBodyWriter: Sendable {
    private let channel: any Channel
    private let chunked: Bool

    init(channel: any Channel, chunked: Bool) {
        self.channel = channel
        self.chunked = chunked
    }

    package func write(_ bytes: ByteBuffer) async throws {
        guard bytes.readableBytes > 0 else { return }
        try await channel.writeAndFlush(chunked ? HTTPResponseEncoding.chunk(bytes) : bytes)
    }

    /// Writes a value as a line of JSON, ended as dockerd ends it.
    package func write(json value: some Encodable, lineEnd: String = "\r\n") async throws {
        var buffer = ByteBuffer(bytes: try EngineJSON.encode(value))
        buffer.writeString(lineEnd)
        try await write(buffer)
    }
}
