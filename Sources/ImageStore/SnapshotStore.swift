import CLinux
import Glibc
import LinuxSystem

/// Containers' writable directories. Each keeps a list of the layers below it, so that no transaction is needed.
struct SnapshotStore: Sendable {
    let layout: StoreLayout

    /// Makes a snapshot of layers, the lowest first.
    func prepare(_ key: SnapshotKey, image: String, layers: [Digest]) throws -> SnapshotMount {
        let path = layout.snapshot(key)
        guard !File.exists(path) else { throw ImageStoreError.snapshotExists(key.text) }
        for layer in layers { try link(layer) }
        let temporary = layout.temporary()
        do {
            try File.makeDirectory(temporary, mode: 0o710)
            try File.makeDirectory(temporary + "/work", mode: 0o700)
            try makeUpper(temporary + "/fs", like: layers.last.map(layout.layerFiles) ?? layout.empty)
            let list = ([image] + layers.reversed().map(\.description)).joined(separator: "\n") + "\n"
            let file = try Descriptor.open(temporary + "/lower", O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try file.write(all: Array(list.utf8))
            guard try layout.install(temporary, as: path) else { throw ImageStoreError.snapshotExists(key.text) }
        } catch {
            LayerStore(layout: layout).discard(temporary)
            throw error
        }
        return mount(key, layers: layers.reversed())
    }

    /// The root of the merged tree looks like this directory.
    private func makeUpper(_ path: String, like lower: String) throws(SystemError) {
        let status = try File.status(lower, followingLinks: false)
        try File.makeDirectory(path, mode: 0o755)
        try systemCall("chown", path) { chown(path, status.st_uid, status.st_gid) }
        try systemCall("chmod", path) { chmod(path, status.st_mode & 0o7777) }
    }

    /// The directories of a snapshot that is there.
    func mount(_ key: SnapshotKey) throws -> SnapshotMount {
        mount(key, layers: try parents(of: key))
    }

    /// The layers below a snapshot, the topmost first.
    func parents(of key: SnapshotKey) throws -> [Digest] {
        let list: String
        do throws(SystemError) {
            list = try File.readText(layout.snapshot(key) + "/lower", limit: 1 << 20)
        } catch {
            guard error.errno == ENOENT else { throw error }
            throw ImageStoreError.snapshotNotFound(key.text)
        }
        return list.split(separator: "\n").dropFirst().compactMap { Digest(String($0)) }
    }

    private func mount(_ key: SnapshotKey, layers: [Digest]) -> SnapshotMount {
        let path = layout.snapshot(key)
        return SnapshotMount(
            lowerDirectories: layers.isEmpty ? [layout.empty] : layers.map(lowerDirectory),
            upperDirectory: path + "/fs", workDirectory: path + "/work")
    }

    private func target(of layer: Digest) -> String { "../layers/\(layer.hex)/fs" }

    /// The short link where it leads to this layer; another layer may begin with the same digits.
    private func lowerDirectory(_ layer: Digest) -> String {
        let link = layout.link(layer)
        return (try? File.linkTarget(link)) == target(of: layer) ? link : layout.layerFiles(layer)
    }

    private func link(_ layer: Digest) throws(SystemError) {
        do throws(SystemError) {
            try systemCall("symlink", layout.link(layer)) { symlink(target(of: layer), layout.link(layer)) }
        } catch {
            guard error.errno == EEXIST else { throw error }
        }
    }

    /// Takes a snapshot out of the way; the answer is to be discarded. `nil` where there is none.
    func detach(_ key: SnapshotKey) throws(SystemError) -> String? {
        let trash = layout.temporary()
        do throws(SystemError) {
            try File.rename(layout.snapshot(key), to: trash)
            return trash
        } catch {
            guard error.errno == ENOENT else { throw error }
            return nil
        }
    }

    func keys() throws(SystemError) -> [String] {
        try File.names(in: layout.snapshots).sorted()
    }
}
