/// What came of unpacking a layer.
package struct UnpackedLayer: Sendable {
    /// The digest of the uncompressed archive; empty where it was not asked for.
    package let diffID: String
    /// The sum of the files' sizes in bytes.
    package let size: Int64
    /// Directories that names implied but no entry described, parents first: they have root's ownership and 0755 until
    /// the layers below tell better. The root itself is `.`.
    package let impliedDirectories: [EntryPath]
}
