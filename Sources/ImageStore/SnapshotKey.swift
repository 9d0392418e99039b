/// The name of a snapshot, safe in a path.
struct SnapshotKey: Sendable {
    let text: String

    init(_ text: String) throws(ImageStoreError) {
        let bytes = text.utf8
        guard (1...128).contains(bytes.count), let first = bytes.first, Self.isAlphanumeric(first),
            bytes.allSatisfy({ Self.isAlphanumeric($0) || "_.-".utf8.contains($0) })
        else { throw .invalidSnapshotKey(text) }
        self.text = text
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
