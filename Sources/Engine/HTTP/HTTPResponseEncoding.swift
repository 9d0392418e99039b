package import NIOCore
package import NIOHTTP1

/// Writes the heads and chunks of HTTP/1.1 responses.
package enum HTTPResponseEncoding {
    package enum BodyLength: Sendable {
        case none
        case fixed(Int)
        case chunked
        /// Up to the connection's end, for clients of HTTP/1.0.
        case untilClose
    }

    package static func head(
        status: HTTPResponseStatus, headers: HTTPHeaders, length: BodyLength, keepAlive: Bool
    ) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(512)
        buffer.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        for (name, value) in headers {
            buffer.writeString("\(name): \(sanitized(value))\r\n")
        }
        switch length {
        case .none, .untilClose: break
        case .fixed(let count): buffer.writeString("Content-Length: \(count)\r\n")
        case .chunked: buffer.writeString("Transfer-Encoding: chunked\r\n")
        }
        if !keepAlive { buffer.writeString("Connection: close\r\n") }
        buffer.writeString("\r\n")
        return buffer
    }

    package static func chunk(_ bytes: ByteBuffer) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(bytes.readableBytes + 16)
        buffer.writeString(String(bytes.readableBytes, radix: 16))
        buffer.writeString("\r\n")
        buffer.writeImmutableBuffer(bytes)
        buffer.writeString("\r\n")
        return buffer
    }

    package static let lastChunk = ByteBuffer(string: "0\r\n\r\n")

    /// A header's value on one line, whatever a container's name or label put into it.
    private static func sanitized(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 10 || $0 == 13 }) else { return value }
        return String(decoding: value.utf8.filter { $0 != 10 && $0 != 13 }, as: UTF8.self)
    }
}
