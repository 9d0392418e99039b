public import OCISpec
public import Registry

/// Images and the root file systems made of them, in one directory. Safe for several processes at once.
public final class ImageStore: Sendable {
    /// The directory that holds everything, 0710.
    public let root: String
    let registries: RegistryConfiguration

    /// Opens the store, makes it where there is none, and removes what a crash left half-made.
    public init(root: String, registries: RegistryConfiguration) async throws {
        throw ImageStoreError.system(operation: "open image store", path: root, reason: "not implemented yet")
    }

    /// All images, the newest first.
    public func images() async throws -> [Image] { throw unsupported }

    /// The image of a name, an id, or a prefix of an id.
    public func image(_ nameOrID: String) async throws -> Image { throw unsupported }

    /// Gives an image a name, taking the name from the image that had it.
    public func tag(_ id: String, as reference: ImageReference) async throws { throw unsupported }

    /// Takes a name, or an image with all its names, out of the store.
    public func delete(
        _ nameOrID: String, force: Bool, prune: Bool = true,
        inUseBy users: @Sendable (_ id: String) async throws -> [ImageUser]
    ) async throws -> [ImageDeletion] { throw unsupported }

    /// Pulls an image; `platform` nil is the host's.
    public func pull(
        _ reference: ImageReference, platform: Platform?, credentials: RegistryCredentials?,
        progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> Image { throw unsupported }

    /// Loads the images of an archive that `docker save` or an OCI tool made, compressed or not. The descriptor stays
    /// the caller's and is read until its end.
    public func load(
        fromFileDescriptor descriptor: Int32, progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> [LoadedImage] { throw unsupported }

    /// Makes a writable snapshot upon an image.
    public func prepareSnapshot(_ key: String, from image: Image) async throws -> SnapshotMount { throw unsupported }

    /// The directories of a snapshot.
    public func snapshotMount(_ key: String) throws -> SnapshotMount { throw unsupported }

    /// Removes a snapshot; none of this key is no error.
    public func removeSnapshot(_ key: String) async throws { throw unsupported }

    /// The keys of all snapshots, in order.
    public func snapshotKeys() async throws -> [String] { throw unsupported }

    /// The bytes that the files of a snapshot's own directory hold.
    public func snapshotUsage(_ key: String) async throws -> Int64 { throw unsupported }

    private var unsupported: ImageStoreError {
        .system(operation: "image store", path: root, reason: "not implemented yet")
    }
}
