import GRDB

/// Decides, by Docker's rules, what a request to delete takes away. Runs within a transaction.
struct ImageRemoval {
    let request: String
    let id: String
    let force: Bool
    let users: [ImageUser]
    private(set) var deletions: [ImageDeletion] = []

    init(request: String, id: String, force: Bool, users: [ImageUser]) {
        self.request = request
        self.id = id
        self.force = force
        self.users = users
    }

    mutating func run(_ database: Database) throws {
        if isIDPrefix {
            if try isSingleReference(database) {
                try checkConflicts(database, ignoringReferences: true)
                try untagAll(database)
            }
            try checkConflicts(database, ignoringReferences: false)
        } else {
            if try removeName(database) { return }
            // The name is gone; an image that something else still needs stays without one.
            guard users.isEmpty || (force && !users.contains(where: \.isRunning)) else { return }
        }
        try untagAll(database)
        try delete(database)
    }

    private var isIDPrefix: Bool {
        id.hasPrefix(request) || id.dropFirst("sha256:".count).hasPrefix(request)
    }

    /// Takes the requested name away; true where others remain and that was all.
    private mutating func removeName(_ database: Database) throws -> Bool {
        let name = try ImageReference(parsing: request)
        if !force, try isSingleReference(database), let user = users.first {
            throw ImageStoreError.conflict(
                "unable to remove repository reference \"\(request)\" (must force) - container "
                    + "\(user.containerID.prefix(12)) is using its referenced image \(shortID)")
        }
        try untag(name, database)
        if name.digest == nil {
            let sameRepository = { (text: String) in (try? ImageReference(parsing: text))?.repository == name.repository
            }
            if try !database.names(of: id).contains(where: sameRepository) {
                for origin in try database.originNames(of: id) where sameRepository(origin) {
                    try untag(ImageReference(parsing: origin), database)
                }
            }
        }
        return try !database.names(of: id).isEmpty || !database.originNames(of: id).isEmpty
    }

    /// One tag, and names by digest only in its repository.
    private func isSingleReference(_ database: Database) throws -> Bool {
        let names = try database.names(of: id)
        let origins = try database.originNames(of: id)
        guard names.count + origins.count > 1 else { return names.count + origins.count == 1 }
        guard names.count <= 1, let first = names.first ?? origins.first else { return false }
        let repository = try ImageReference(parsing: first).repository
        return try Set(origins.map { try ImageReference(parsing: $0).repository }) == [repository]
    }

    private func checkConflicts(_ database: Database, ignoringReferences: Bool) throws {
        if let running = users.first(where: \.isRunning) {
            throw conflict(
                "cannot be forced", "image is being used by running container \(running.containerID.prefix(12))")
        }
        guard !force else { return }
        if !ignoringReferences, try !database.names(of: id).isEmpty || !database.originNames(of: id).isEmpty {
            throw conflict("must be forced", "image is referenced in multiple repositories")
        }
        if let stopped = users.first {
            throw conflict(
                "must be forced", "image is being used by stopped container \(stopped.containerID.prefix(12))")
        }
    }

    private func conflict(_ remedy: String, _ reason: String) -> ImageStoreError {
        .conflict("unable to delete \(shortID) (\(remedy)) - \(reason)")
    }

    private var shortID: Substring { id.dropFirst("sha256:".count).prefix(12) }

    private mutating func untagAll(_ database: Database) throws {
        for name in try database.names(of: id) + database.originNames(of: id) {
            try untag(ImageReference(parsing: name), database)
        }
    }

    private mutating func untag(_ name: ImageReference, _ database: Database) throws {
        if let digest = name.digest {
            try database.execute(
                sql: "DELETE FROM origin WHERE repository = ? AND digest = ?", arguments: [name.repository, digest])
        } else {
            try database.execute(sql: "DELETE FROM name WHERE name = ?", arguments: [name.canonical])
        }
        deletions.append(.untagged(name.familiar))
    }

    /// Deletes the image, and tells of the layers that no other image has, the topmost first.
    private mutating func delete(_ database: Database) throws {
        let layers = try database.layers(of: id)
        try database.execute(sql: "DELETE FROM image WHERE id = ?", arguments: [id])
        deletions.append(.deleted(id))
        for layer in layers.reversed() {
            let isUsed = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM image_layer WHERE chain = ?)", arguments: [layer.chainID])
            if isUsed != true { deletions.append(.deleted(layer.chainID)) }
        }
    }
}
