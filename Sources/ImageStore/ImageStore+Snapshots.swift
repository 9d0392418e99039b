extension ImageStore {
    /// Makes a writable snapshot upon an image.
    ///
    /// - Parameter key: `[a-zA-Z0-9][a-zA-Z0-9_.-]*`, at most 128 characters.
    /// - Throws: ``ImageStoreError``.
    public func prepareSnapshot(_ key: String, from image: Image) async throws -> SnapshotMount {
        let key = try SnapshotKey(key)
        let (layout, layers, snapshots, id) = (layout, layers, snapshots, image.id)
        let chain = image.layers.compactMap { Digest($0.chainID) }
        return try await pool.run {
            let lock = try StoreLock.shared(layout)
            defer { withExtendedLifetime(lock) {} }
            // The image may have been deleted since it was looked up.
            guard chain.allSatisfy(layers.contains) else { throw ImageStoreError.notFound(id) }
            return try snapshots.prepare(key, image: id, layers: chain)
        }
    }

    /// The directories of a snapshot.
    ///
    /// - Throws: ``ImageStoreError``.
    public func snapshotMount(_ key: String) throws -> SnapshotMount {
        let key = try SnapshotKey(key)
        do {
            return try snapshots.mount(key)
        } catch {
            throw ImageStoreError.wrapping(error)
        }
    }

    /// Removes a snapshot; none of this key is no error. It must not be mounted.
    ///
    /// - Throws: ``ImageStoreError``.
    public func removeSnapshot(_ key: String) async throws {
        let key = try SnapshotKey(key)
        let (snapshots, layers) = (snapshots, layers)
        try await pool.run {
            if let trash = try snapshots.detach(key) { layers.discard(trash) }
        }
    }

    /// The keys of all snapshots, in order.
    ///
    /// - Throws: ``ImageStoreError``.
    public func snapshotKeys() async throws -> [String] {
        let snapshots = snapshots
        return try await pool.run { try snapshots.keys() }
    }

    /// The bytes that the files of a snapshot's own directory hold.
    ///
    /// - Throws: ``ImageStoreError``.
    public func snapshotUsage(_ key: String) async throws -> Int64 {
        let mount = try snapshotMount(key)
        return try await pool.run { try DirectoryUsage.measure(mount.upperDirectory).bytes }
    }
}
