import Foundation
import GRDB

/// Unpacks an image's layers and makes the image known, in that order.
struct ImageRegistrar: Sendable {
    let layers: LayerStore
    let database: ImageDatabase
    let pool: BlockingPool

    /// What is heard about a layer's way.
    enum LayerEvent: Sendable {
        case exists
        case missing
        case extracting(done: Int64)
        case complete
    }

    /// `ready` waits until a layer's blob is there.
    func unpack(
        _ content: ImageContent,
        ready: @escaping @Sendable (_ index: Int) async throws -> Void = { _ in },
        report: @escaping @Sendable (_ index: Int, LayerEvent) -> Void
    ) async throws {
        let missing = try await missingLayers(of: content)
        for index in content.layers.indices { report(index, missing.contains(index) ? .missing : .exists) }
        let board = StagingBoard(order: missing)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in missing {
                    group.addTask {
                        try await ready(index)
                        let layer = content.layers[index]
                        let cancellation = CancellationFlag()
                        let staged = try await withTaskCancellationHandler {
                            try await pool.run {
                                var steps = ProgressSteps(of: layer.blobSize)
                                return try layers.stage(blob: layer.blob, diffID: layer.diffID) { done in
                                    if steps.shouldReport(done) { report(index, .extracting(done: done)) }
                                    return !cancellation.isCancelled
                                }
                            }
                        } onCancel: {
                            cancellation.cancel()
                        }
                        try await board.put(staged, at: index) { staged, index in
                            try await install(staged, index, of: content)
                            report(index, .complete)
                        }
                    }
                }
                try await group.waitForAll()
            }
        } catch {
            let abandoned = await board.abandon()
            try? await pool.runEvenCancelled { for staged in abandoned { layers.discard(staged.path) } }
            throw error
        }
    }

    private func missingLayers(of content: ImageContent) async throws -> [Int] {
        let known = try await database.read { database in
            try Set(String.fetchAll(database, sql: "SELECT chain FROM layer"))
        }
        return content.layers.indices.filter {
            let chain = content.layers[$0].chainID
            return !known.contains(chain.description) || !layers.contains(chain)
        }
    }

    /// The layers below are in place.
    private func install(_ staged: LayerStore.Staged, _ index: Int, of content: ImageContent) async throws {
        let layer = content.layers[index]
        let parents = content.layers[..<index].map(\.chainID)
        try await pool.run { try layers.install(staged, chainID: layer.chainID, parents: parents) }
        try await database.write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO layer (chain, diff, parent, blob, size) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    layer.chainID.description, layer.diffID.description, parents.last?.description,
                    layer.blob.description, staged.layer.size,
                ])
        }
    }

    /// Makes an unpacked image known, with its names, in one transaction.
    func register(
        _ content: ImageContent, names: [ImageReference], origin: (repository: String, digest: String)? = nil
    ) async throws -> Image {
        try await database.write { database in
            let id = content.id.description
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO image (id, configuration, size, added)
                    VALUES (?, ?, 0, ?)
                    """, arguments: [id, Data(content.configuration), Date().timeIntervalSince1970])
            for (position, layer) in content.layers.enumerated() {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO image_layer (image, position, chain) VALUES (?, ?, ?)",
                    arguments: [id, position, layer.chainID.description])
                try Self.addContent(layer.blob, "layer", id, database)
            }
            try Self.addContent(content.id, "configuration", id, database)
            for document in content.documents { try Self.addContent(document, "document", id, database) }
            try database.execute(
                sql: """
                    UPDATE image SET size = (
                        SELECT COALESCE(SUM(layer.size), 0) FROM image_layer
                        JOIN layer ON layer.chain = image_layer.chain WHERE image_layer.image = image.id
                    ) WHERE id = ?
                    """, arguments: [id])
            for name in names { try database.setName(name, image: id) }
            if let origin { try database.addOrigin(repository: origin.repository, digest: origin.digest, image: id) }
            guard let image = try database.image(id) else { throw ImageStoreError.notFound(id) }
            return image
        }
    }

    private static func addContent(_ digest: Digest, _ kind: String, _ image: String, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR IGNORE INTO image_content (image, digest, kind) VALUES (?, ?, ?)",
            arguments: [image, digest.description, kind])
    }
}
