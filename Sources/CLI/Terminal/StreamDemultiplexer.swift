/// Takes Docker's multiplexed stream apart: frames of an 8-byte header and payload.
package struct StreamDemultiplexer {
    package enum Stream: Equatable, Sendable {
        case output
        case error
    }

    package enum Failure: Error, Equatable {
        case unknownStream(UInt8)
        /// The engine's own error, sent in a frame.
        case system(String)
    }

    private var header: [UInt8] = []
    private var remaining = 0
    private var stream = Stream.output
    private var systemError: [UInt8]?

    package init() {}

    /// Calls `body` with each piece of payload, without waiting for whole frames.
    package mutating func feed(
        _ bytes: ArraySlice<UInt8>, _ body: (Stream, ArraySlice<UInt8>) -> Void
    ) throws(Failure) {
        var rest = bytes
        while !rest.isEmpty {
            if remaining == 0 {
                let missing = 8 - header.count
                header += rest.prefix(missing)
                rest = rest.dropFirst(missing)
                if header.count == 8 { try beginFrame() }
                continue
            }
            let piece = rest.prefix(remaining)
            rest = rest.dropFirst(piece.count)
            remaining -= piece.count
            guard let text = systemError else {
                body(stream, piece)
                continue
            }
            systemError = text + piece
            if remaining == 0 {
                throw .system("error from daemon in stream: " + String(decoding: text + piece, as: UTF8.self))
            }
        }
    }

    private mutating func beginFrame() throws(Failure) {
        switch header[0] {
        case 0, 1: stream = .output
        case 2: stream = .error
        case 3: systemError = []
        case let other: throw .unknownStream(other)
        }
        remaining = header[4...7].reduce(0) { $0 << 8 | Int($1) }
        header = []
    }
}

extension StreamDemultiplexer.Failure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownStream(let number): "Unrecognized input header: \(number)"
        case .system(let message): message
        }
    }
}
