import Archive
import Crypto

/// A SHA-256 digest, as `sha256:` and 64 lowercase hexadecimal digits. Being one makes it safe in a path.
struct Digest: Hashable, Sendable, CustomStringConvertible {
    let hex: String

    /// `nil` for anything else than a well-formed digest.
    init?(_ text: String) {
        guard ReferenceGrammar.isDigest(text) else { return nil }
        hex = String(text.dropFirst(7))
    }

    /// The digest of some bytes.
    init(of bytes: [UInt8]) {
        hex = Hexadecimal.encode(SHA256.hash(data: bytes))
    }

    init(_ hash: SHA256Digest) {
        hex = Hexadecimal.encode(hash)
    }

    var description: String { "sha256:" + hex }

    /// The digest of a layer upon others (image-spec, config.md).
    func chained(upon parent: Digest?) -> Digest {
        guard let parent else { return self }
        return Digest(of: Array("\(parent) \(self)".utf8))
    }
}
