extension ImageStore {
    /// Takes a name away, and the image with its last name; an id takes the image with all its names.
    ///
    /// - Parameter nameOrID: a name, an id, or the beginning of an id.
    /// - Parameter force: also where stopped containers use it or several repositories name it.
    /// - Parameter prune: also untagged parents; images from registries and archives have none, so it changes nothing.
    /// - Parameter users: answers which containers use the image of an id.
    /// - Returns: what was done, in Docker's order.
    /// - Throws: ``ImageStoreError/conflict(_:)`` with Docker's text, or another case of ``ImageStoreError``.
    public func delete(
        _ nameOrID: String, force: Bool, prune: Bool = true,
        inUseBy users: @Sendable (_ id: String) async throws -> [ImageUser]
    ) async throws -> [ImageDeletion] {
        let id = try await database.read { try $0.resolve(nameOrID) }
        let using = try await users(id)
        let deletions = try await database.write { database in
            guard try database.resolve(nameOrID) == id else { throw ImageStoreError.notFound(nameOrID) }
            var removal = ImageRemoval(request: nameOrID, id: id, force: force, users: using)
            try removal.run(database)
            return removal.deletions
        }
        if deletions.contains(.deleted(id)) { try await collectGarbage() }
        return deletions
    }
}
