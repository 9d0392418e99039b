import LinuxSystem
public import Registry

/// Images and the root file systems made of them, in one directory. Safe for several processes at once.
public final class ImageStore: Sendable {
    /// The directory that holds everything, 0710.
    public let root: String
    let registries: RegistryConfiguration
    let layout: StoreLayout
    let database: ImageDatabase
    let pool: BlockingPool

    /// Opens the store, makes it where there is none, and removes what a crash left half-made.
    ///
    /// - Parameter root: an absolute path without `:`, `,` and `\`, which overlayfs's options could not hold.
    /// - Throws: ``ImageStoreError``.
    public init(root: String, registries: RegistryConfiguration = RegistryConfiguration()) async throws {
        let layout = StoreLayout(root: root)
        let pool = BlockingPool(threads: 4)
        do {
            database = try await pool.run {
                try layout.prepare()
                return try ImageDatabase(path: layout.database)
            }
        } catch {
            pool.shutDown()
            throw error
        }
        self.root = root
        self.registries = registries
        self.layout = layout
        self.pool = pool
        try await collectGarbage(sweeping: true)
    }

    deinit {
        pool.shutDown()
    }

    var layers: LayerStore { LayerStore(layout: layout) }
    var blobs: BlobStore { BlobStore(layout: layout) }
    var snapshots: SnapshotStore { SnapshotStore(layout: layout) }
    var registrar: ImageRegistrar { ImageRegistrar(layers: layers, database: database, pool: pool) }

    /// Adds content under the store's lock, and removes again what a failure leaves without a name.
    func addingContent<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        let layout = layout
        do {
            let lock = try await pool.run { try StoreLock.shared(layout) }
            let result = try await body()
            withExtendedLifetime(lock) {}
            return result
        } catch {
            try? await collectGarbage()
            throw ImageStoreError.wrapping(error)
        }
    }
}
