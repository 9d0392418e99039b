import GRDB

extension ImageStore {
    /// All images, the newest first.
    ///
    /// - Throws: ``ImageStoreError``.
    public func images() async throws -> [Image] {
        let images = try await database.read { database in
            try String.fetchAll(database, sql: "SELECT id FROM image ORDER BY id").compactMap(database.image)
        }
        return images.sorted { ($0.created ?? "") > ($1.created ?? "") }
    }

    /// The image of a name, an id, or the beginning of an id.
    ///
    /// - Throws: ``ImageStoreError/notFound(_:)``, ``ImageStoreError/ambiguousID(_:)`` or another of its cases.
    public func image(_ nameOrID: String) async throws -> Image {
        try await database.read { database in
            let id = try database.resolve(nameOrID)
            guard let image = try database.image(id) else { throw ImageStoreError.notFound(nameOrID) }
            return image
        }
    }

    /// Gives an image a name, taking the name from the image that had it.
    ///
    /// - Parameter id: a name, an id or the beginning of an id.
    /// - Throws: ``ImageStoreError``.
    public func tag(_ id: String, as reference: ImageReference) async throws {
        guard reference.digest == nil else {
            throw ImageStoreError.registry("refusing to create a tag with a digest reference", .invalid)
        }
        try await database.write { database in
            try database.setName(reference, image: try database.resolve(id))
        }
    }
}
