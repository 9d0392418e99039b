package import NIOCore

/// Takes Docker's 8-byte frame headers out of a stream: a terminal's client gets the bare bytes.
package struct FrameStripper: Sendable {
    private var header: [UInt8] = []
    private var left = 0

    package init() {}

    package mutating func strip(_ bytes: ByteBuffer) -> ByteBuffer {
        var bytes = bytes
        var output = ByteBuffer()
        while bytes.readableBytes > 0 {
            if left > 0 {
                guard let part = bytes.readSlice(length: min(left, bytes.readableBytes)) else { break }
                left -= part.readableBytes
                if output.readableBytes == 0 {
                    output = part
                } else {
                    output.writeImmutableBuffer(part)
                }
            } else {
                header.append(contentsOf: bytes.readBytes(length: min(8 - header.count, bytes.readableBytes)) ?? [])
                guard header.count == 8 else { break }
                left = header[4...].reduce(0) { $0 << 8 | Int($1) }
                header = []
            }
        }
        return output
    }
}
