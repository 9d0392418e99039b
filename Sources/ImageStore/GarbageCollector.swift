import Archive
import GRDB
import LinuxSystem

/// Removes what no image and no snapshot refers to. Needs the store's lock for itself.
struct GarbageCollector: Sendable {
    let layout: StoreLayout
    let database: ImageDatabase

    /// Takes garbage out of its place; the answer is to be removed, which may take its time without the lock.
    func collect() throws -> [String] {
        let snapshots = SnapshotStore(layout: layout)
        var held: Set<String> = []
        for name in try snapshots.keys() {
            guard let key = try? SnapshotKey(name) else { continue }
            held.formUnion(try snapshots.parents(of: key).map(\.description))
        }
        let (layers, blobs) = try forgetUnused(held)
        var trash: [String] = []
        for name in try File.names(in: layout.layers) where !layers.contains("sha256:" + name) {
            trash.append(try moveAway("\(layout.layers)/\(name)"))
        }
        for name in try File.names(in: layout.blobs) where !blobs.contains("sha256:" + name) {
            try File.remove("\(layout.blobs)/\(name)", missingIsFine: true)
        }
        for name in try File.names(in: layout.links) {
            // A link without its layer leads nowhere.
            if !File.exists("\(layout.links)/\(name)") {
                try File.remove("\(layout.links)/\(name)", missingIsFine: true)
            }
        }
        return trash
    }

    /// What earlier processes left half-made.
    func leftovers() throws -> [String] {
        try File.names(in: layout.ingest).map { "\(layout.ingest)/\($0)" }
    }

    /// Drops records of unused layers, and answers the chain ids and blob digests that are in use.
    private func forgetUnused(_ held: Set<String>) throws -> (layers: Set<String>, blobs: Set<String>) {
        try database.queue.write { database in
            let used = try Set(String.fetchAll(database, sql: "SELECT chain FROM image_layer")).union(held)
            var present: Set<String> = []
            for chain in try String.fetchAll(database, sql: "SELECT chain FROM layer") {
                let isThere = Digest(chain).map { File.exists(layout.layerFiles($0)) } ?? false
                if used.contains(chain), isThere {
                    present.insert(chain)
                } else if !used.contains(chain) {
                    try database.execute(sql: "DELETE FROM layer WHERE chain = ?", arguments: [chain])
                }
            }
            let blobs = try Set(
                String.fetchAll(database, sql: "SELECT digest FROM image_content UNION SELECT blob FROM layer"))
            return (present, blobs)
        }
    }

    private func moveAway(_ path: String) throws(SystemError) -> String {
        let trash = layout.temporary()
        try File.rename(path, to: trash)
        return trash
    }
}

extension ImageStore {
    /// Removes garbage, unless somebody is at work in the store: then whoever comes later does.
    func collectGarbage(sweeping: Bool = false) async throws {
        let (layout, database, layers) = (layout, database, layers)
        try await pool.runEvenCancelled {
            guard let lock = try StoreLock.exclusive(layout) else { return }
            let collector = GarbageCollector(layout: layout, database: database)
            let trash = try collector.collect() + (sweeping ? collector.leftovers() : [])
            withExtendedLifetime(lock) {}
            for path in trash { layers.discard(path) }
        }
    }
}
