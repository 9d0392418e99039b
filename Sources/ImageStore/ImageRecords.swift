import Foundation
import GRDB
import OCISpec

/// The questions to the database, within a transaction.
extension Database {
    /// An image with its names and layers.
    func image(_ id: String) throws -> Image? {
        guard
            let row = try Row.fetchOne(self, sql: "SELECT configuration, size FROM image WHERE id = ?", arguments: [id])
        else { return nil }
        let bytes = [UInt8](row["configuration"] as Data)
        let configuration = try OCIJSON.decode(ImageConfiguration.self, from: bytes)
        let names = try Row.fetchAll(
            self, sql: "SELECT name, tagged FROM name WHERE image = ? ORDER BY name", arguments: [id])
        let tagged = names.map { $0["tagged"] as Double }.max()
        return Image(
            id: id,
            repoTags: names.map { ReferenceNames.familiar($0["name"]) },
            repoDigests: try originNames(of: id).map(ReferenceNames.familiar),
            configuration: configuration,
            configurationBytes: bytes,
            size: row["size"],
            created: configuration.created,
            lastTagged: tagged.map { Int64($0) },
            layers: try layers(of: id))
    }

    func layers(of id: String) throws -> [Image.Layer] {
        try Row.fetchAll(
            self,
            sql: """
                SELECT layer.diff, layer.chain, layer.size FROM image_layer JOIN layer ON layer.chain = image_layer.chain
                WHERE image_layer.image = ? ORDER BY image_layer.position
                """, arguments: [id]
        ).map { Image.Layer(diffID: $0["diff"], chainID: $0["chain"], size: $0["size"]) }
    }

    /// Tagged names in full, in order.
    func names(of id: String) throws -> [String] {
        try String.fetchAll(self, sql: "SELECT name FROM name WHERE image = ? ORDER BY name", arguments: [id])
    }

    /// Names by digest in full, in order.
    func originNames(of id: String) throws -> [String] {
        try String.fetchAll(
            self, sql: "SELECT repository || '@' || digest AS origin FROM origin WHERE image = ? ORDER BY origin",
            arguments: [id])
    }

    /// The id that a name, an id or the beginning of one means.
    func resolve(_ text: String) throws -> String {
        if let digest = Digest(text) ?? Digest("sha256:" + text) {
            if try imageExists(digest.description) { return digest.description }
            throw ImageStoreError.notFound(text)
        }
        let reference = try? ImageReference(parsing: text)
        if let reference, let id = try resolve(reference) { return id }
        let prefix = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
        if !prefix.isEmpty, prefix.utf8.count < 64, prefix.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) {
            let ids = try String.fetchAll(
                self, sql: "SELECT id FROM image WHERE id LIKE ? LIMIT 2", arguments: ["sha256:\(prefix)%"])
            if ids.count > 1 { throw ImageStoreError.ambiguousID(prefix) }
            if let id = ids.first { return id }
        }
        // A text that is no name at all says so.
        throw ImageStoreError.notFound(try (reference ?? ImageReference(parsing: text)).familiar)
    }

    func resolve(_ reference: ImageReference) throws -> String? {
        if let digest = reference.digest {
            return try String.fetchOne(
                self, sql: "SELECT image FROM origin WHERE repository = ? AND digest = ?",
                arguments: [reference.repository, digest])
        }
        return try String.fetchOne(self, sql: "SELECT image FROM name WHERE name = ?", arguments: [reference.canonical])
    }

    func imageExists(_ id: String) throws -> Bool {
        try Bool.fetchOne(self, sql: "SELECT EXISTS (SELECT 1 FROM image WHERE id = ?)", arguments: [id]) ?? false
    }

    /// Gives an image a name; the image that had it loses it.
    func setName(_ reference: ImageReference, image id: String) throws {
        try execute(
            sql: """
                INSERT INTO name (name, image, tagged) VALUES (?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET image = excluded.image, tagged = excluded.tagged
                """, arguments: [reference.canonical, id, Date().timeIntervalSince1970])
    }

    func addOrigin(repository: String, digest: String, image id: String) throws {
        try execute(
            sql: "INSERT OR REPLACE INTO origin (repository, digest, image) VALUES (?, ?, ?)",
            arguments: [repository, digest, id])
    }
}

/// Full names as users write them.
enum ReferenceNames {
    static func familiar(_ canonical: String) -> String {
        (try? ImageReference(parsing: canonical))?.familiar ?? canonical
    }
}
