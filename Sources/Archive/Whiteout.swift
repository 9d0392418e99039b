/// What an entry's name says about the layers below (image-spec, layer.md).
enum Whiteout: Equatable {
    /// The name hides this one.
    case hides([UInt8])
    /// The directory hides all that is below it.
    case opaque
    /// A leftover of AUFS, without meaning.
    case ignored
    /// A name that hides nothing that can be.
    case invalid

    private static let prefix = Array(".wh.".utf8)
    private static let metadata = Array(".wh..wh.".utf8)
    private static let opaqueName = Array(".wh..wh..opq".utf8)

    /// `nil` for an ordinary name; `name` ends with 0.
    init?(name: [UInt8]) {
        let bytes = name.dropLast()
        guard bytes.starts(with: Self.prefix) else { return nil }
        if bytes.elementsEqual(Self.opaqueName) {
            self = .opaque
        } else if bytes.starts(with: Self.metadata) {
            self = .ignored
        } else {
            let hidden = bytes.dropFirst(Self.prefix.count)
            let dot = UInt8(ascii: ".")
            self =
                hidden.isEmpty || hidden.elementsEqual([dot]) || hidden.elementsEqual([dot, dot])
                ? .invalid : .hides(hidden + [0])
        }
    }
}
