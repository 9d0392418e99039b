/// A file of content.
public struct StoredBlob: Sendable, Equatable {
    /// Its digest, as `sha256:…`.
    public let digest: String
    /// Its size in bytes.
    public let size: Int64
    /// When it came, in seconds since 1970.
    public let modified: Int64
    /// What images use it for: `configuration`, `layer` or `document`; empty where none does.
    public let kinds: [String]
}
