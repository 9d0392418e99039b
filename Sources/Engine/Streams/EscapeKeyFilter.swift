package import NIOCore

/// Finds the detach keys in a terminal's input. Keys that turn out not to be the whole sequence are passed on.
package struct EscapeKeyFilter: Sendable {
    package enum Result: Equatable, Sendable {
        case pass(ByteBuffer)
        case detach
    }

    private let keys: [UInt8]
    private var matched = 0

    package init(keys: [UInt8]) {
        self.keys = keys
    }

    package mutating func filter(_ bytes: ByteBuffer) -> Result {
        var output = ByteBuffer()
        output.reserveCapacity(bytes.readableBytes + matched)
        for byte in bytes.readableBytesView {
            if byte == keys[matched] {
                matched += 1
                if matched == keys.count { return .detach }
            } else {
                output.writeBytes(keys[..<matched])
                matched = 0
                if byte == keys[0] {
                    matched = 1
                } else {
                    output.writeInteger(byte)
                }
            }
        }
        return .pass(output)
    }

    /// Reads a sequence as users write it: `ctrl-p,ctrl-q`, `a`, `ctrl-[`.
    package static func parse(_ text: String) throws(EngineError) -> [UInt8] {
        var keys: [UInt8] = []
        for key in text.split(separator: ",", omittingEmptySubsequences: false) {
            let bytes = Array(key.utf8)
            if bytes.count == 1 {
                keys.append(bytes[0])
            } else if key.hasPrefix("ctrl-"), bytes.count == 6, let control = control(bytes[5]) {
                keys.append(control)
            } else {
                throw EngineError(.invalidParameter, "Unknown character: '\(key)'")
            }
        }
        return keys
    }

    private static func control(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 1
        case UInt8(ascii: "@"): 0
        case UInt8(ascii: "["): 27
        case UInt8(ascii: "\\"): 28
        case UInt8(ascii: "]"): 29
        case UInt8(ascii: "^"): 30
        case UInt8(ascii: "_"): 31
        default: nil
        }
    }
}
