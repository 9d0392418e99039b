/// The keys that detach from a terminal, as `ctrl-p,ctrl-q`.
package struct DetachKeySequence: Equatable, Sendable {
    /// What docker says when the user has typed the keys.
    static let notice = "read escape sequence"
    package static let standard = DetachKeySequence(bytes: [16, 17])
    package let bytes: [UInt8]

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Nil for keys that do not exist.
    package init?(parsing text: String) {
        var bytes: [UInt8] = []
        for key in text.split(separator: ",", omittingEmptySubsequences: false) {
            if key.utf8.count == 1, let byte = key.utf8.first {
                bytes.append(byte)
            } else if key.hasPrefix("ctrl-"), key.utf8.count == 6, let byte = key.utf8.last,
                let control = Self.control(byte)
            {
                bytes.append(control)
            } else {
                return nil
            }
        }
        self.bytes = bytes
    }

    private static func control(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 1
        case UInt8(ascii: "@"): 0
        case UInt8(ascii: "["), UInt8(ascii: "\\"), UInt8(ascii: "]"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            byte - UInt8(ascii: "[") + 27
        default: nil
        }
    }
}

/// Watches typed bytes for the sequence, holding back what may be its beginning.
package struct DetachKeyWatcher {
    private let keys: [UInt8]
    private var matched = 0

    package init(_ sequence: DetachKeySequence) {
        keys = sequence.bytes
    }

    /// The bytes to pass on, and whether the sequence was completed; what follows it is dropped.
    package mutating func feed(_ bytes: some Sequence<UInt8>) -> (passed: [UInt8], detached: Bool) {
        var passed: [UInt8] = []
        for byte in bytes {
            if matched < keys.count, byte == keys[matched] {
                matched += 1
                if matched == keys.count { return (passed, true) }
                continue
            }
            passed += keys[..<matched]
            matched = 0
            if let first = keys.first, byte == first, keys.count > 1 {
                matched = 1
            } else {
                passed.append(byte)
            }
        }
        return (passed, false)
    }
}
