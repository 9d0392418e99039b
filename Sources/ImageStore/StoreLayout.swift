import CLinux
import Glibc
import LinuxSystem

/// Where things are in the store's directory.
///
/// A layer or snapshot is whole as soon as its directory is there, since it arrives by rename; all that is half-made
/// is in `ingest`.
struct StoreLayout: Sendable {
    let root: String

    var blobs: String { root + "/blobs/sha256" }
    var ingest: String { root + "/ingest" }
    var layers: String { root + "/layers" }
    /// Short links to layers: the options of a mount have to fit into a page.
    var links: String { root + "/l" }
    var snapshots: String { root + "/snapshots" }
    /// The lower directory of an image without layers.
    var empty: String { root + "/empty" }
    var database: String { root + "/metadata.db" }
    var lock: String { root + "/lock" }

    func blob(_ digest: Digest) -> String { "\(blobs)/\(digest.hex)" }
    func layer(_ chainID: Digest) -> String { "\(layers)/\(chainID.hex)" }
    func layerFiles(_ chainID: Digest) -> String { layer(chainID) + "/fs" }
    func link(_ chainID: Digest) -> String { "\(links)/\(chainID.hex.prefix(12))" }
    func snapshot(_ key: SnapshotKey) -> String { "\(snapshots)/\(key.text)" }

    /// Makes the directories that are missing.
    func prepare() throws(ImageStoreError) {
        // These would end a path in the options of an overlay mount.
        guard root.hasPrefix("/"), !root.contains(where: { ":,\\".contains($0) }) else {
            throw .system(
                operation: "open image store", path: root, reason: "the path must be absolute, without : , and \\")
        }
        do throws(SystemError) {
            try File.makeDirectories(root, mode: 0o710)
            try systemCall("chmod", root) { chmod(root, 0o710) }
            for directory in [root + "/blobs", blobs, ingest, layers, links, snapshots] {
                try File.makeDirectories(directory, mode: 0o710)
            }
            try File.makeDirectories(empty, mode: 0o755)
        } catch {
            throw ImageStoreError(error)
        }
    }

    /// A new name in `ingest`.
    func temporary() -> String {
        var generator = SystemRandomNumberGenerator()
        return "\(ingest)/\(String(UInt64.random(in: .min ... .max, using: &generator), radix: 16))"
    }

    /// Moves a whole thing to its place; false where one is there already.
    func install(_ temporary: String, as path: String) throws(SystemError) -> Bool {
        do throws(SystemError) {
            try systemCall("rename", path) { linux_renameat2(AT_FDCWD, temporary, AT_FDCWD, path, 1) }
            return true
        } catch {
            guard error.errno == EEXIST || error.errno == ENOTEMPTY else { throw error }
            return false
        }
    }
}
